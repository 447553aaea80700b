package asl.config;

import asl.config.RunConfig.ModelConfig;

/** Value checks of the sections that probing and fine-tuning share. */
final class EvalChecks {
    private EvalChecks() {}

    /** Random weights tell no sizes, so that the configuration must. */
    static void model(String weights, ModelConfig model, SectionChecks checks) {
        if (weights.equals(Weights.RANDOM)) {
            checks.completeModel(model);
        } else if (weights.equals(Weights.PIXELS)) {
            checks.require(model.imageSize().height() > 0, "model.image_size", "needed with weights: pixels");
            checks.require(model.channels() > 0, "model.channels", "needed with weights: pixels");
        } else {
            checks.model(model);
        }
    }

    static void data(LabelledDataConfig data, int channels, SectionChecks checks) {
        boolean given = !data.mean().isEmpty() || !data.std().isEmpty();
        checks.normalisation(data.mean(), data.std(), given ? channels : 0);
        checks.range(data.cropScaleMin(), data.cropScaleMax(), "data.crop_scale");
        checks.require(data.cropScaleMax() <= 1, "data.crop_scale_max", "must not be over 1");
        checks.range(data.cropRatioMin(), data.cropRatioMax(), "data.crop_ratio");
        checks.share(data.hflip(), "data.hflip");
        checks.share(data.cropPct(), "data.crop_pct");
        checks.require(data.cropPct() > 0, "data.crop_pct", "must be over 0");
        checks.reading(data.maxBadShare(), data.workers(), data.prefetch());
    }

    static void log(EvalLogConfig log, SectionChecks checks) {
        checks.require(log.everySteps() > 0, "log.every_steps", "must be over 0");
    }
}
