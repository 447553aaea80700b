package asl.config;

import asl.config.RunConfig.CheckpointConfig;
import asl.config.RunConfig.EngineConfig;
import asl.config.RunConfig.ModelConfig;
import java.util.List;

/**
 * Every knob of a linear probe on one page, and those of the nearest-neighbour probe; {@code defaults_linprobe.yaml}
 * holds the value and the meaning of each.
 *
 * @param weights a checkpoint, a run folder, or {@link Weights#RANDOM}
 * @param model 0 and {@code auto} where the weights tell
 */
public record LinprobeConfig(
        long seed,
        String outputDir,
        String weights,
        ModelConfig model,
        LabelledDataConfig data,
        ProbeConfig probe,
        LarsConfig optim,
        KnnConfig knn,
        CheckpointConfig checkpoint,
        EvalLogConfig log,
        EngineConfig engine,
        DistConfig dist)
        implements Validated {
    /** The commented page that holds every key. */
    public static final String DEFAULTS = "defaults_linprobe.yaml";

    /**
     * What is trained on the frozen features.
     *
     * @param pools each makes a head of its own
     * @param classes 0 = as many as the data set has
     * @param holdout share of the training images to select on; 0 = select on the validation part, and say so
     */
    public record ProbeConfig(
            ProbeMode mode,
            List<Pool> pools,
            int classes,
            double holdout,
            int epochs,
            int batchSize,
            int accumIter,
            boolean perClass) {}

    /**
     * LARS and its schedule (MAE's linear probe).
     *
     * @param blrs base learning rates, each for a head of its own; lr = blr * effective batch / 256
     */
    public record LarsConfig(
            List<Double> blrs, double minLr, double warmupEpochs, double momentum, double trust, double weightDecay) {}

    /** Weighted nearest neighbours: votes weigh exp(cosine / temperature). */
    public record KnnConfig(int k, double temperature, Pool pool) {}

    /** Whether features are computed anew in every epoch, or once. */
    public enum ProbeMode {
        /** One fixed view of each image, its features kept on disk. */
        CACHED,
        /** A new random crop of each image in every epoch: the recipe of the published figures. */
        AUGMENT
    }

    @Override
    public void validate(Problems problems) {
        LinprobeConfigValidator.validate(this, problems);
    }
}
