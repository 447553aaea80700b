package asl.config;

import asl.config.RunConfig.CheckpointConfig;
import asl.config.RunConfig.EngineConfig;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.OptimConfig;
import asl.config.RunConfig.TrainConfig;
import java.util.List;
import java.util.regex.Pattern;

/** Value checks of the sections that pre-training, probing and fine-tuning share. */
final class SectionChecks {
    private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu[0-9]{0,3}");

    private final Problems problems;

    SectionChecks(Problems problems) {
        this.problems = problems;
    }

    void outputDir(String outputDir) {
        problems.require(!outputDir.isBlank(), "output_dir", "required");
    }

    /** A model all of whose sizes must be known. */
    void completeModel(ModelConfig model) {
        require(model.embedDim() > 0, "model.width", "needed where model.size is auto");
        require(model.blocks() > 0, "model.depth", "needed where model.size is auto");
        require(model.attentionHeads() > 0, "model.heads", "needed where model.size is auto");
        require(model.imageSize().height() > 0, "model.image_size", "must be over 0");
        require(model.patchSize() > 0, "model.patch_size", "must be over 0");
        require(model.channels() > 0, "model.channels", "must be over 0");
        model(model);
    }

    /** A model whose open sizes (0) come from a checkpoint. */
    void model(ModelConfig model) {
        notNegative(model.width(), "model.width");
        notNegative(model.depth(), "model.depth");
        notNegative(model.heads(), "model.heads");
        notNegative(Math.min(model.imageSize().height(), model.imageSize().width()), "model.image_size");
        notNegative(model.patchSize(), "model.patch_size");
        notNegative(model.channels(), "model.channels");
        widthAndHeads(model.embedDim(), model.attentionHeads(), "model");
        int patch = model.patchSize();
        if (patch > 0) {
            ImageSize image = model.imageSize();
            boolean whole = image.height() % patch == 0 && image.width() % patch == 0;
            require(whole, "model.image_size", image + " does not divide into patches of " + patch + " pixels");
        }
    }

    void widthAndHeads(int width, int heads, String section) {
        if (width > 0) {
            require(width % 4 == 0, section + ".width", width + " is no multiple of 4, as sine-cosine positions need");
        }
        if (width > 0 && heads > 0) {
            require(width % heads == 0, section + ".heads", heads + " heads do not divide the width of " + width);
        }
    }

    /** Mean and deviation per channel; 0 channels = not known yet. */
    void normalisation(List<Double> mean, List<Double> std, int channels) {
        require(mean.size() == std.size(), "data.std", std.size() + " values, but data.mean has " + mean.size());
        if (channels > 0) {
            String expected = ", but model.channels is " + channels;
            require(mean.size() == channels, "data.mean", mean.size() + " values" + expected);
        }
        require(std.stream().allMatch(value -> value > 0), "data.std", "every value must be over 0");
    }

    void range(double min, double max, String prefix) {
        require(min > 0, prefix + "_min", "must be over 0, not " + min);
        require(min <= max, prefix + "_max", max + " is less than " + prefix + "_min, " + min);
    }

    void reading(double maxBadShare, int workers, int prefetch) {
        share(maxBadShare, "data.max_bad_share");
        notNegative(workers, "data.workers");
        require(prefetch > 0, "data.prefetch", "must be over 0");
    }

    void train(TrainConfig train) {
        notNegative(train.steps(), "train.steps");
        notNegative(train.epochs(), "train.epochs");
        require(train.epochs() > 0 || train.steps() > 0, "train.epochs", "must be over 0 unless train.steps is");
        notNegative(train.batchSize(), "train.batch_size");
        require(train.accumIter() > 0, "train.accum_iter", "must be over 0");
        notNegative(train.effectiveBatch(), "train.effective_batch");
        boolean auto = train.batchSize() == 0;
        require(
                auto == train.effectiveBatch() > 0,
                "train.effective_batch",
                auto
                        ? "needed where train.batch_size is auto: the images per step, from which accum_iter follows"
                        : "goes with train.batch_size: auto alone; else it is batch_size x accum_iter x processes");
        require(!auto || train.accumIter() == 1, "train.accum_iter", "follows from train.effective_batch here");
    }

    void optim(OptimConfig optim, TrainConfig train) {
        notNegative(optim.lr(), "optim.lr");
        notNegative(optim.blr(), "optim.blr");
        require(optim.blr() > 0 || optim.lr() > 0, "optim.blr", "must be over 0 unless optim.lr is");
        notNegative(optim.minLr(), "optim.min_lr");
        if (train.steps() == 0) {
            warmup(optim.warmupEpochs(), train.epochs(), "train.epochs");
        }
        notNegative(optim.weightDecay(), "optim.weight_decay");
        belowOne(optim.beta1(), "optim.beta1");
        belowOne(optim.beta2(), "optim.beta2");
        require(optim.eps() > 0, "optim.eps", "must be over 0");
        notNegative(optim.clipGrad(), "optim.clip_grad");
    }

    void warmup(double warmupEpochs, int epochs, String epochsKey) {
        notNegative(warmupEpochs, "optim.warmup_epochs");
        String longer = warmupEpochs + " is longer than the run (" + epochsKey + ": " + epochs + "); lower it too";
        require(warmupEpochs <= epochs, "optim.warmup_epochs", longer);
    }

    void checkpoint(CheckpointConfig checkpoint) {
        notNegative(checkpoint.everyEpochs(), "checkpoint.every_epochs");
        notNegative(checkpoint.everySteps(), "checkpoint.every_steps");
        require(checkpoint.keepLast() > 0, "checkpoint.keep_last", "must be over 0");
    }

    void engine(EngineConfig engine) {
        boolean known = DEVICE.matcher(engine.device()).matches();
        require(known, "engine.device", "expected auto, cpu, gpu or gpu0, gpu1, ..., not '" + engine.device() + "'");
        notNegative(engine.threads(), "engine.threads");
    }

    void dist(DistConfig dist) {
        require(dist.timeoutMinutes() > 0, "dist.timeout_minutes", "must be over 0");
        notNegative(dist.checkEverySteps(), "dist.check_every_steps");
    }

    void share(double value, String path) {
        require(value >= 0 && value <= 1, path, "must be from 0 to 1, not " + value);
    }

    void belowOne(double value, String path) {
        require(value >= 0 && value < 1, path, "must be at least 0 and less than 1, not " + value);
    }

    void notNegative(double value, String path) {
        require(value >= 0, path, "must not be negative");
    }

    void require(boolean holds, String path, String message) {
        problems.require(holds, path, message);
    }
}
