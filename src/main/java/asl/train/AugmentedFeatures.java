package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.config.Pool;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.eval.FrozenFeatures;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Features computed anew from a new random view of each image in every epoch: the published recipe. */
final class AugmentedFeatures implements FeatureBatches {
    private final NDManager manager;
    private final FrozenFeatures frozen;
    private final List<Pool> pools;
    private final int count;
    private final int ranks;
    private final LongFunction<BatchLoader> open;
    private @Nullable BatchLoader batches; // null before the first batch

    /**
     * @param count batches in an epoch
     * @param open starts a loader at a batch, counted over all epochs; it is closed with this
     */
    AugmentedFeatures(ProbeSets.Parts parts, int count, LongFunction<BatchLoader> open) {
        this.manager = parts.manager();
        this.frozen = parts.frozen();
        this.pools = parts.pools();
        this.count = count;
        this.ranks = parts.world().size();
        this.open = open;
    }

    @Override
    public int count() {
        return count;
    }

    /** Time spent waiting for images, in all. */
    @Override
    public long waitedNanos() {
        return batches == null ? 0 : batches.waitedNanos();
    }

    @Override
    public void forEach(int epoch, int from, Action action) throws IOException {
        if (batches == null) {
            batches = open.apply((long) epoch * count + from);
        }
        boolean wanted = true;
        for (int i = from; i < count(); i++) {
            try (Batch batch = batches.next()) { // taken even where it is not wanted: the next epoch begins behind it
                if (batch.epoch() != epoch) {
                    throw new IllegalStateException("epoch " + batch.epoch() + " follows, not " + epoch);
                }
                wanted = wanted && accept(batch, action);
            }
        }
    }

    private boolean accept(Batch batch, Action action) throws IOException {
        ImageSize size = frozen.size();
        try (NDManager results = manager.newSubManager()) {
            Shape shape = new Shape(batch.samples().size(), size.height(), size.width(), frozen.channels());
            NDArray images = results.create(batch.images(), shape, DataType.UINT8);
            NDArray all = frozen.features().of(results, images); // [kinds, B, D]
            Map<Pool, NDArray> chosen = new EnumMap<>(Pool.class);
            for (Pool pool : pools) {
                chosen.put(pool, all.get(frozen.features().pools().indexOf(pool)));
            }
            int[] labels = batch.labels().stream().mapToInt(Integer::intValue).toArray();
            return action.accept(new FeatureBatch(chosen, labels, labels.length * ranks)); // no batch is short
        }
    }

    @Override
    public void close() {
        if (batches != null) {
            batches.close();
        }
    }
}
