package asl.config;

import asl.config.RunConfig.Align;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.DataConfig;
import asl.config.RunConfig.DecoderConfig;
import asl.config.RunConfig.LogConfig;
import asl.config.RunConfig.MethodConfig;
import asl.config.RunConfig.OnlineEvalConfig;
import asl.config.RunConfig.Reconstruct;
import asl.config.RunConfig.SourceConfig;
import java.util.List;

/** Which values of a pre-training configuration make sense, alone and together. */
final class RunConfigValidator {
    private RunConfigValidator() {}

    static void validate(RunConfig config, Problems problems) {
        SectionChecks checks = new SectionChecks(problems);
        checks.outputDir(config.outputDir());
        checks.completeModel(config.model());
        checkDecoder(config.decoder(), checks);
        checkMethod(config.method(), checks);
        checkMasking(config, checks);
        checkData(config.data(), config.model().channels(), checks);
        checks.train(config.train());
        checks.optim(config.optim(), config.train());
        checks.checkpoint(config.checkpoint());
        checkLog(config.log(), checks);
        checkOnlineEval(config.onlineEval(), checks);
        checks.engine(config.engine());
        checks.dist(config.dist());
    }

    private static void checkDecoder(DecoderConfig decoder, SectionChecks checks) {
        checks.require(decoder.width() > 0, "decoder.width", "must be over 0");
        checks.require(decoder.depth() > 0, "decoder.depth", "must be over 0");
        checks.require(decoder.heads() > 0, "decoder.heads", "must be over 0");
        checks.widthAndHeads(decoder.width(), decoder.heads(), "decoder");
    }

    private static void checkMethod(MethodConfig method, SectionChecks checks) {
        boolean single = method.branch() == Branch.NONE;
        boolean aligned = method.align() != Align.NONE;
        checks.require(
                !(single && aligned),
                "method.align",
                "there is nothing to align with branch: none; set align: none as well, or a branch of dle or aee");
        checks.require(
                single || aligned || method.reconstruct() == Reconstruct.BOTH,
                "method.reconstruct",
                "the second branch would not be used; set reconstruct: both, an align, or branch: none");
        checks.require(!method.alignCls() || aligned, "method.align_cls", "needs an align other than none");
        checks.notNegative(method.maeWeight(), "method.mae_weight");
        checks.notNegative(method.semWeight(), "method.sem_weight");
        boolean learns = method.maeWeight() > 0 || (aligned && method.semWeight() > 0);
        checks.require(learns, "method.mae_weight", "nothing to learn: both losses have no weight");
        checks.belowOne(method.dropout(), "method.dropout");
    }

    private static void checkMasking(RunConfig config, SectionChecks checks) {
        double ratio = config.method().maskRatio();
        if (!(ratio > 0 && ratio < 1)) {
            checks.require(false, "method.mask_ratio", "must be over 0 and less than 1, not " + ratio);
        } else if (config.model().patchSize() > 0 && config.model().patches() > 0) {
            int patches = config.model().patches();
            int visible = config.visiblePatches();
            String shares =
                    visible + " of " + patches + " patches would stay visible; at least one must stay and one go";
            checks.require(visible > 0 && visible < patches, "method.mask_ratio", shares);
        }
    }

    private static void checkData(DataConfig data, int channels, SectionChecks checks) {
        checks.require(
                data.root().isEmpty() || data.mix().isEmpty(),
                "data.mix",
                "give either data.root or data.mix, not both");
        checkMix(data.mix(), checks);
        checks.normalisation(data.mean(), data.std(), channels);
        checks.range(data.cropScaleMin(), data.cropScaleMax(), "data.crop_scale");
        checks.require(data.cropScaleMax() <= 1, "data.crop_scale_max", "must not be over 1");
        checks.range(data.cropRatioMin(), data.cropRatioMax(), "data.crop_ratio");
        checks.share(data.hflip(), "data.hflip");
        checks.notNegative(data.shuffleWindow(), "data.shuffle_window");
        checks.reading(data.maxBadShare(), data.workers(), data.prefetch());
    }

    private static void checkMix(List<SourceConfig> mix, SectionChecks checks) {
        for (int i = 0; i < mix.size(); i++) {
            String entry = "data.mix[" + i + "]";
            checks.require(!mix.get(i).root().isEmpty(), entry + ".root", "required");
            checks.notNegative(mix.get(i).weight(), entry + ".weight");
        }
        long weighted = mix.stream().filter(source -> source.weight() > 0).count();
        checks.require(
                weighted == 0 || weighted == mix.size(), "data.mix", "give every source a weight, or none (by size)");
    }

    private static void checkLog(LogConfig log, SectionChecks checks) {
        checks.require(log.everySteps() > 0, "log.every_steps", "must be over 0");
        checks.notNegative(log.imagesEveryEpochs(), "log.images_every_epochs");
        checks.require(log.images() > 0 || log.imagesEveryEpochs() == 0, "log.images", "must be over 0");
    }

    private static void checkOnlineEval(OnlineEvalConfig eval, SectionChecks checks) {
        checks.notNegative(eval.everyEpochs(), "online_eval.every_epochs");
        boolean off = eval.everyEpochs() == 0;
        checks.require(off || !eval.root().isEmpty(), "online_eval.root", "required unless every_epochs is 0");
        checks.notNegative(eval.images(), "online_eval.images");
        checks.require(eval.k() > 0, "online_eval.k", "must be over 0");
        checks.require(eval.temperature() > 0, "online_eval.temperature", "must be over 0");
        checks.notNegative(eval.probeEpochs(), "online_eval.probe_epochs");
        checks.require(eval.probeBlr() > 0, "online_eval.probe_blr", "must be over 0");
    }
}
