package asl.config;

import asl.config.FinetuneConfig.AugmentConfig;
import asl.config.FinetuneConfig.ClassifierConfig;

/** Which values of a fine-tuning's configuration make sense, alone and together. */
final class FinetuneConfigValidator {
    private FinetuneConfigValidator() {}

    static void validate(FinetuneConfig config, Problems problems) {
        SectionChecks checks = new SectionChecks(problems);
        checks.outputDir(config.outputDir());
        boolean pixels = config.weights().equals(Weights.PIXELS);
        checks.require(!pixels, "weights", "pixels have no encoder to fine-tune; random trains one from scratch");
        EvalChecks.model(config.weights(), config.model(), checks);
        checkClassifier(config.classifier(), checks);
        EvalChecks.data(config.data(), config.model().channels(), checks);
        checkAugment(config.augment(), checks);
        checks.train(config.train());
        checks.optim(config.optim(), config.train());
        checks.checkpoint(config.checkpoint());
        EvalChecks.log(config.log(), checks);
        checks.engine(config.engine());
        checks.dist(config.dist());
    }

    private static void checkClassifier(ClassifierConfig classifier, SectionChecks checks) {
        checks.notNegative(classifier.classes(), "classifier.classes");
        checks.belowOne(classifier.dropPath(), "classifier.drop_path");
        checks.share(classifier.layerDecay(), "classifier.layer_decay");
        checks.require(classifier.layerDecay() > 0, "classifier.layer_decay", "must be over 0; 1 turns it off");
        checks.belowOne(classifier.labelSmoothing(), "classifier.label_smoothing");
        checks.belowOne(classifier.emaDecay(), "classifier.ema_decay");
        checks.belowOne(classifier.holdout(), "classifier.holdout");
    }

    private static void checkAugment(AugmentConfig augment, SectionChecks checks) {
        checks.notNegative(augment.mixup(), "augment.mixup");
        checks.notNegative(augment.cutmix(), "augment.cutmix");
        checks.share(augment.mixupProb(), "augment.mixup_prob");
        checks.share(augment.switchProb(), "augment.switch_prob");
        checks.share(augment.erasing(), "augment.erasing");
        checks.require(augment.erasingCount() > 0, "augment.erasing_count", "must be over 0");
    }
}
