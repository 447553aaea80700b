package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.LinprobeConfig;
import asl.config.Pool;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.data.ImageSource;
import asl.data.ShardedSampler;
import asl.data.Views;
import asl.distributed.World;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Computes the features of the fixed view of every image of a source, once, in the source's order. */
public final class FeatureExtractor {
    /** How often one is told how far it is. */
    private static final long TELL_NANOS = 10_000_000_000L;

    private final NDManager manager;
    private final ImageFeatures features;
    private final Views views;
    private final Reading reading;

    /**
     * How images are read.
     *
     * @param place of R ranks, rank r takes the batches r, r + R, ...
     * @param notes told, in one line, of images that cannot be read and of how far it is, from any thread
     */
    public record Reading(BatchLoader.Options options, ShardedSampler.Place place, Consumer<String> notes) {
        /** Images that go through the encoder together, at the most: no batch norm sees them. */
        private static final int LARGEST_BATCH = 128;

        /**
         * As a configuration says.
         *
         * @param threads decoding threads where that is auto
         */
        public static Reading of(LinprobeConfig config, World world, int threads, Consumer<String> notes) {
            int batchSize = Math.min(config.probe().batchSize(), LARGEST_BATCH);
            BatchLoader.Options options = BatchLoader.Options.of(config.data(), config.seed(), batchSize, threads);
            return new Reading(options, new ShardedSampler.Place(world.rank(), world.size()), notes);
        }
    }

    public FeatureExtractor(NDManager manager, ImageFeatures features, Views views, Reading reading) {
        this.manager = manager;
        this.features = features;
        this.views = views;
        this.reading = reading;
    }

    /** Takes the features of a batch, [kinds, B, D]; the array lives until the action returns. */
    public interface Action {
        void accept(Batch batch, NDArray features) throws IOException;
    }

    /** Hands on the features of this rank's images, batch by batch. */
    public void forEach(ImageSource source, Action action) throws IOException {
        new ViewBatches(manager, views, reading)
                .forEach(source, (results, batch, images) -> action.accept(batch, features.of(results, images)));
    }

    /** The features of this rank's images; they stay on the device. */
    public Features extract(ImageSource source) throws IOException {
        NDManager own = manager.newSubManager();
        List<Pool> pools = features.pools();
        Map<Pool, NDList> parts = new EnumMap<>(Pool.class);
        pools.forEach(pool -> parts.put(pool, new NDList()));
        IntStream.Builder labels = IntStream.builder();
        forEach(source, (batch, all) -> {
            for (int i = 0; i < pools.size(); i++) {
                NDArray part = all.get(i).duplicate(); // [B, D]
                part.attach(own);
                parts.merge(pools.get(i), new NDList(part), NDList::addAll);
            }
            IntStream.of(labels(batch)).forEach(labels::add);
        });
        int[] all = labels.build().toArray();
        if (all.length == 0) {
            own.close();
            throw noImage(source);
        }
        return new Features(own, joined(parts, own), all);
    }

    /**
     * Hands on the features of the images of all ranks, batch by batch in the order of one process, each as {@link
     * ImageFeatures#of} shapes them; the action is called on rank 0 alone. Collective.
     */
    public void forEachInOrder(ImageSource source, World world, OrderedRows.Action action) throws IOException {
        new OrderedRows(new ViewBatches(manager, views, reading), world).forEach(source, features::of, action);
    }

    /**
     * The features of all images in the store, put there first where they are not: each rank computes its share, rank 0
     * writes. Collective; the store must be one that all can see.
     */
    public FeatureStore.Stored store(ImageSource source, FeatureStore store, World world) throws IOException {
        String key = world.together(() -> key(source));
        boolean first = world.rank() == 0;
        boolean kept = world.together(() -> first && store.find(key).isPresent());
        boolean found = world.allReduceMax(kept ? 1 : 0)[0] > 0;
        if (!found && first) {
            record(source, store, key, world);
        } else if (!found) {
            forEachInOrder(source, world, (rows, values) -> {});
        }
        world.barrier();
        FeatureStore.Stored stored = world.together(() -> store.find(key)
                .orElseThrow(() -> new IOException(store.root() + ": the features of rank 0 are not there;"
                        + " output_dir must be a folder that all machines share")));
        if (found && first) {
            reading.notes().accept("features     of " + source.describe() + " from " + stored.folder());
        }
        return stored;
    }

    private void record(ImageSource source, FeatureStore store, String key, World world) throws IOException {
        List<Pool> pools = features.pools();
        try (FeatureStore.Recorder recorder = store.record(key, pools, features.width())) {
            long[] done = {0};
            long[] toldNanos = {System.nanoTime()};
            forEachInOrder(source, world, (rows, values) -> {
                int length = values.length / pools.size();
                Map<Pool, float[]> byPool = new EnumMap<>(Pool.class);
                for (int i = 0; i < pools.size(); i++) {
                    byPool.put(pools.get(i), Arrays.copyOfRange(values, i * length, (i + 1) * length));
                }
                recorder.append(byPool, rows.labels(), rows.samples());
                done[0] += rows.labels().length;
                if (System.nanoTime() - toldNanos[0] > TELL_NANOS) {
                    reading.notes().accept("features     of " + done[0] + " of " + source.size() + " images");
                    toldNanos[0] = System.nanoTime();
                }
            });
            if (done[0] == 0) {
                throw noImage(source);
            }
            recorder.complete();
        }
    }

    /** Everything that the features of a source depend on. */
    private String key(ImageSource source) {
        return String.join(
                "\n",
                features.identity(),
                "view " + views.size() + "x" + views.channels() + ", crop_pct "
                        + views.data().cropPct(),
                source.describe() + ", " + source.fingerprint(),
                "images " + source.size(),
                "");
    }

    /** Some rows of stored features, on the device. */
    public Features load(FeatureStore.Stored stored, List<Pool> pools, int... rows) throws IOException {
        NDManager own = manager.newSubManager();
        Map<Pool, NDArray> byPool = new EnumMap<>(Pool.class);
        for (Pool pool : pools) {
            byPool.put(pool, own.create(stored.features(pool, rows), new Shape(rows.length, features.width())));
        }
        return new Features(own, byPool, at(stored.labels(), rows));
    }

    private static int[] at(int[] values, int... rows) {
        return IntStream.of(rows).map(row -> values[row]).toArray();
    }

    private static Map<Pool, NDArray> joined(Map<Pool, NDList> parts, NDManager own) {
        Map<Pool, NDArray> whole = new EnumMap<>(Pool.class);
        parts.forEach((pool, list) -> {
            if (list.size() == 1) {
                whole.put(pool, list.singletonOrThrow());
                return;
            }
            NDArray joined = NDArrays.concat(list);
            list.close();
            joined.attach(own);
            whole.put(pool, joined);
        });
        return whole;
    }

    private static int[] labels(Batch batch) {
        return batch.labels().stream().mapToInt(Integer::intValue).toArray();
    }

    private static IOException noImage(ImageSource source) {
        return new IOException(source.describe() + ": not one image could be read");
    }
}
