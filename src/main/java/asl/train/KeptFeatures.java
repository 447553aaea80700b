package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.Pool;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Features that were computed once and lie on the device, in batches. */
public final class KeptFeatures implements FeatureBatches {
    private final NDManager manager;
    private final Map<Pool, NDArray> features;
    private final int[] labels;
    private final int batchSize;
    private final Order order;

    /** How an epoch goes through the images. */
    public sealed interface Order {
        /** As they lie, the last batch as large as it comes: for evaluation. */
        record Stored() implements Order {}

        /** In an order drawn anew for every epoch, without the images that do not fill a batch: for training. */
        record Shuffled(long seed) implements Order {}
    }

    /** @param features [N, D] for each kind; they stay the caller's */
    public KeptFeatures(NDManager manager, Map<Pool, NDArray> features, int[] labels, int batchSize, Order order) {
        this.manager = manager;
        this.features = new EnumMap<>(features);
        this.labels = labels.clone();
        this.batchSize = order instanceof Order.Shuffled ? Math.min(batchSize, labels.length) : batchSize;
        this.order = order;
    }

    @Override
    public int count() {
        return order instanceof Order.Shuffled
                ? labels.length / batchSize
                : (labels.length + batchSize - 1) / batchSize;
    }

    @Override
    public void forEach(int epoch, int from, Action action) throws IOException {
        int[] rows = rows(epoch);
        boolean goOn = true;
        for (int batch = from; goOn && batch < count(); batch++) {
            int start = batch * batchSize;
            int[] chosen = Arrays.copyOfRange(rows, start, Math.min(rows.length, start + batchSize));
            try (NDManager scratch = manager.newSubManager()) {
                NDArray index = scratch.create(chosen);
                Map<Pool, NDArray> picked = new EnumMap<>(Pool.class);
                features.forEach((pool, all) -> {
                    NDArray part = all.get(index); // [B, D]
                    new NDList(part).attach(scratch);
                    picked.put(pool, part);
                });
                int[] own = IntStream.of(chosen).map(row -> labels[row]).toArray();
                goOn = action.accept(new FeatureBatch(picked, own));
            }
        }
    }

    private int[] rows(int epoch) {
        int[] rows = IntStream.range(0, labels.length).toArray();
        if (order instanceof Order.Shuffled shuffled) {
            RandomStream random = RandomStream.of(shuffled.seed(), Purpose.SHUFFLE, epoch);
            for (int i = rows.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int last = rows[i];
                rows[i] = rows[j];
                rows[j] = last;
            }
        }
        return rows;
    }
}
