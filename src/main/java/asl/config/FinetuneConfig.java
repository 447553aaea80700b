package asl.config;

import asl.config.RunConfig.CheckpointConfig;
import asl.config.RunConfig.EngineConfig;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.OptimConfig;
import asl.config.RunConfig.TrainConfig;

/**
 * Every knob of fine-tuning on one page; {@code defaults_finetune.yaml} holds the value and the meaning of each.
 *
 * @param weights a checkpoint, a run folder, or {@link Weights#RANDOM}
 * @param model 0 and {@code auto} where the weights tell
 */
public record FinetuneConfig(
        long seed,
        String outputDir,
        String weights,
        ModelConfig model,
        ClassifierConfig classifier,
        LabelledDataConfig data,
        AugmentConfig augment,
        TrainConfig train,
        OptimConfig optim,
        CheckpointConfig checkpoint,
        EvalLogConfig log,
        EngineConfig engine,
        DistConfig dist)
        implements Validated {
    /** The commented page that holds every key. */
    public static final String DEFAULTS = "defaults_finetune.yaml";

    /**
     * What is put on the encoder and how the whole is trained.
     *
     * @param classes 0 = as many as the data set has
     * @param dropPath rate of the last block; it grows linearly from 0 at the first
     * @param layerDecay learning rate of block i is this to the power of (blocks - i); 1 = all alike
     * @param emaDecay of a moving average of the weights, which is then what is measured; 0 = off
     * @param holdout share of the training images to select the best epoch on; 0 = the validation part, and say so
     */
    public record ClassifierConfig(
            Pool pool,
            int classes,
            double dropPath,
            double layerDecay,
            double labelSmoothing,
            double emaDecay,
            double holdout) {}

    /**
     * Augmentation beyond crop and flip.
     *
     * @param randAugment policy in timm's notation, such as {@code rand-m9-mstd0.5-inc1}; empty = off
     * @param mixup parameter of the Beta distribution of mixup; 0 = off
     * @param cutmix the same of cutmix
     * @param mixupProb share of the batches that are mixed at all
     * @param switchProb of those, the share that gets cutmix, where both are on
     * @param erasing probability that an image has boxes erased
     */
    public record AugmentConfig(
            String randAugment,
            double mixup,
            double cutmix,
            double mixupProb,
            double switchProb,
            double erasing,
            ErasingMode erasingMode,
            int erasingCount) {
        /** Whether images are mixed with others of their batch. */
        public boolean mixes() {
            return (mixup > 0 || cutmix > 0) && mixupProb > 0;
        }
    }

    /** What an erased box is filled with: zeros, one random colour, or random pixels. */
    public enum ErasingMode {
        CONST,
        RAND,
        PIXEL
    }

    /** This configuration with what it left open filled in: another run of it needs neither weights nor data to tell. */
    public FinetuneConfig completed(ModelConfig whole, LabelledDataConfig normalised, int classes) {
        ClassifierConfig head = new ClassifierConfig(
                classifier.pool(),
                classes,
                classifier.dropPath(),
                classifier.layerDecay(),
                classifier.labelSmoothing(),
                classifier.emaDecay(),
                classifier.holdout());
        return new FinetuneConfig(
                seed,
                outputDir,
                weights,
                whole,
                head,
                normalised,
                augment,
                train,
                optim,
                checkpoint,
                log,
                engine,
                dist);
    }

    @Override
    public void validate(Problems problems) {
        FinetuneConfigValidator.validate(this, problems);
    }
}
