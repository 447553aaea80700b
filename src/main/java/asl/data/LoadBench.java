package asl.data;

import java.util.Arrays;
import java.util.function.Consumer;

/** Measures how many images a second a loader gives when nothing but it runs: reading, decoding, cropping. */
public final class LoadBench {
    private static final double NANOS = 1e9;
    /** Batches ahead, as in training. */
    private static final int PREFETCH = 4;

    private LoadBench() {}

    /** Images per second by the clock: the slowest, the middle and the fastest round. */
    public record Speed(int workers, double min, double median, double max) {}

    /**
     * How much to load.
     *
     * @param batchSize images of a batch, at most those of the source
     * @param images at least so many in a round
     */
    public record Amount(int batchSize, int images, int rounds) {}

    /** Loads once to warm up, then {@code rounds} times. */
    public static Speed measure(
            ImageSource source, SampleTransform transform, int workers, Amount amount, Consumer<String> bad) {
        int batchSize = Math.min(amount.batchSize(), source.size());
        int batches = (amount.images() + batchSize - 1) / batchSize;
        ShardedSampler sampler = new ShardedSampler(source, 0, batchSize, new ShardedSampler.Place(0, 1), true);
        BatchLoader.Options options = new BatchLoader.Options(0, batchSize, workers, PREFETCH, 1);
        double[] speeds = new double[amount.rounds()];
        try (BatchLoader loader = new BatchLoader(source, sampler, transform, options, 0, bad)) {
            load(loader, Math.max(batches, PREFETCH));
            for (int round = 0; round < speeds.length; round++) {
                long from = System.nanoTime();
                load(loader, batches);
                speeds[round] = (double) batches * batchSize * NANOS / (System.nanoTime() - from);
            }
        }
        Arrays.sort(speeds);
        return new Speed(workers, speeds[0], speeds[speeds.length / 2], speeds[speeds.length - 1]);
    }

    private static void load(BatchLoader loader, int batches) {
        for (int i = 0; i < batches; i++) {
            loader.next().close();
        }
    }
}
