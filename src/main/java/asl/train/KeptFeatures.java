package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.Pool;
import asl.data.ShardedSampler;
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

        /**
         * In an order drawn anew for every epoch, without the images that do not fill a batch: for training. Batches are
         * of the images of all ranks; this one hands on what it holds of each, which may be nothing.
         *
         * @param images of all ranks, of which rank r of R holds number r, r + R, ...
         */
        record Shuffled(long seed, ShardedSampler.Place place, int images) implements Order {}
    }

    /**
     * Takes features as they are.
     *
     * @param features [N, D] for each kind, of this rank's images; they stay the caller's
     * @param batchSize images; where they are shuffled, of all ranks
     */
    public KeptFeatures(NDManager manager, Map<Pool, NDArray> features, int[] labels, int batchSize, Order order) {
        this.manager = manager;
        this.features = new EnumMap<>(features);
        this.labels = labels.clone();
        this.batchSize = order instanceof Order.Shuffled all ? Math.min(batchSize, all.images()) : batchSize;
        this.order = order;
    }

    @Override
    public int count() {
        return order instanceof Order.Shuffled all
                ? all.images() / batchSize
                : (labels.length + batchSize - 1) / batchSize;
    }

    @Override
    public void forEach(int epoch, int from, Action action) throws IOException {
        int[] images = images(epoch);
        boolean goOn = true;
        for (int batch = from; goOn && batch < count(); batch++) {
            int start = batch * batchSize;
            int[] whole = Arrays.copyOfRange(images, start, Math.min(images.length, start + batchSize));
            try (NDManager scratch = manager.newSubManager()) {
                goOn = action.accept(batch(scratch, ownRows(whole), whole.length));
            }
        }
    }

    /** The images of an epoch in its order. */
    private int[] images(int epoch) {
        if (!(order instanceof Order.Shuffled all)) {
            return IntStream.range(0, labels.length).toArray();
        }
        int[] images = IntStream.range(0, all.images()).toArray();
        RandomStream random = RandomStream.of(all.seed(), Purpose.SHUFFLE, epoch);
        for (int i = images.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int last = images[i];
            images[i] = images[j];
            images[j] = last;
        }
        return images;
    }

    /** Where those of the images lie that this rank holds. */
    private int[] ownRows(int... images) {
        if (!(order instanceof Order.Shuffled all)) {
            return images;
        }
        int ranks = all.place().ranks();
        return IntStream.of(images)
                .filter(image -> image % ranks == all.place().rank())
                .map(image -> image / ranks)
                .toArray();
    }

    private FeatureBatch batch(NDManager scratch, int[] rows, int whole) {
        Map<Pool, NDArray> picked = new EnumMap<>(Pool.class);
        features.forEach((pool, all) -> {
            if (rows.length == 0) {
                picked.put(pool, scratch.zeros(new Shape(0, all.getShape().get(1))));
                return;
            }
            NDArray part = all.get(scratch.create(rows)); // [B, D]
            new NDList(part).attach(scratch);
            picked.put(pool, part);
        });
        return new FeatureBatch(
                picked, IntStream.of(rows).map(row -> labels[row]).toArray(), whole);
    }
}
