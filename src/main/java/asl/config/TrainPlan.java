package asl.config;

import asl.config.RunConfig.OptimConfig;
import asl.config.RunConfig.TrainConfig;
import java.util.Locale;

/**
 * Length and rate of a run, from its configuration, the number of processes and of images.
 *
 * @param effectiveBatch images per optimizer step: batch size x accumulation x processes
 * @param lr peak learning rate
 * @param stepsPerEpoch optimizer steps; the last may take fewer micro-batches than the others
 * @param warmupSteps of them at a rising rate
 */
public record TrainPlan(long effectiveBatch, double lr, long stepsPerEpoch, long totalSteps, long warmupSteps) {
    /** The effective batch for which {@code blr} is the learning rate (linear scaling rule). */
    private static final double BASE_BATCH = 256;

    /**
     * Plans a run.
     *
     * @param train with a batch size that is known, so not {@code auto}
     * @throws ConfigException if the images do not fill one batch
     */
    public static TrainPlan of(TrainConfig train, OptimConfig optim, int worldSize, long images) {
        if (train.batchSize() <= 0) {
            throw new IllegalArgumentException("the batch size must be known to plan a run");
        }
        long together = (long) train.batchSize() * worldSize;
        long batches = train.dropLast() ? images / together : ceilDiv(images, together);
        if (batches == 0) {
            throw new ConfigException("train.batch_size: " + images + " images do not fill one batch of " + together
                    + "; lower it to " + Math.max(1, images / worldSize) + " or less, or set train.drop_last: false");
        }
        long effectiveBatch = together * train.accumIter();
        double lr = optim.lr() > 0 ? optim.lr() : optim.blr() * effectiveBatch / BASE_BATCH;
        long stepsPerEpoch = ceilDiv(batches, train.accumIter());
        long totalSteps = train.steps() > 0 ? train.steps() : stepsPerEpoch * train.epochs();
        long warmupSteps = (long) Math.ceil(optim.warmupEpochs() * stepsPerEpoch);
        return new TrainPlan(effectiveBatch, lr, stepsPerEpoch, totalSteps, warmupSteps);
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    /** Length of the run in epochs. */
    public double epochs() {
        return totalSteps / (double) stepsPerEpoch;
    }

    /** The plan in one line for people. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "schedule     effective batch %d, lr %.3g; %d steps per epoch, %d in all, %d of warm-up",
                effectiveBatch,
                lr,
                stepsPerEpoch,
                totalSteps,
                warmupSteps);
    }
}
