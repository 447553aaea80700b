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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
     * @param place of R ranks, rank r takes the images r, r + R, ...
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

    /** Hands on the features of all images, batch by batch. */
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
        IntStream.Builder samples = IntStream.builder();
        forEach(source, (batch, all) -> {
            for (int i = 0; i < pools.size(); i++) {
                NDArray part = all.get(i).duplicate(); // [B, D]
                part.attach(own);
                parts.merge(pools.get(i), new NDList(part), NDList::addAll);
            }
            IntStream.of(labels(batch)).forEach(labels::add);
            IntStream.of(samples(batch)).forEach(samples::add);
        });
        int[] all = labels.build().toArray();
        if (all.length == 0) {
            own.close();
            throw noImage(source);
        }
        return new Features(own, joined(parts, own), all, samples.build().toArray());
    }

    /**
     * The same, from the store if they are there; else they are put there first, batch by batch.
     *
     * @param pools the kinds that are wanted
     */
    public Features extract(ImageSource source, FeatureStore store, List<Pool> pools) throws IOException {
        String key = key(source, reading.place().rank());
        Optional<FeatureStore.Stored> stored = store.find(key);
        if (stored.isPresent()) {
            reading.notes()
                    .accept("features     of " + source.describe() + " from "
                            + stored.get().folder());
            return load(List.of(stored.get()), pools);
        }
        return load(List.of(record(source, store, key)), pools);
    }

    /** The features of the images of all ranks, each computing its share; the store must be one that all can see. */
    public Features extractAll(ImageSource source, FeatureStore store, List<Pool> pools, World world)
            throws IOException {
        String own = key(source, world.rank());
        if (store.find(own).isEmpty()) {
            record(source, store, own);
        }
        world.barrier();
        List<FeatureStore.Stored> shares = new ArrayList<>();
        for (int rank = 0; rank < world.size(); rank++) {
            int other = rank;
            shares.add(store.find(key(source, rank))
                    .orElseThrow(() -> new IOException(store.root() + ": the features of rank " + other
                            + " are not there; output_dir must be a folder that all machines share")));
        }
        return load(shares, pools);
    }

    private FeatureStore.Stored record(ImageSource source, FeatureStore store, String key) throws IOException {
        List<Pool> pools = features.pools();
        try (FeatureStore.Recorder recorder = store.record(key, pools, features.width())) {
            long[] rows = {0};
            long[] toldNanos = {System.nanoTime()};
            forEach(source, (batch, all) -> {
                Map<Pool, float[]> host = new EnumMap<>(Pool.class);
                for (int i = 0; i < pools.size(); i++) {
                    host.put(pools.get(i), all.get(i).toFloatArray());
                }
                recorder.append(host, labels(batch), samples(batch));
                rows[0] += batch.labels().size();
                if (System.nanoTime() - toldNanos[0] > TELL_NANOS) {
                    reading.notes()
                            .accept("features     of "
                                    + rows[0] * reading.place().ranks() + " of " + source.size() + " images");
                    toldNanos[0] = System.nanoTime();
                }
            });
            if (rows[0] == 0) {
                throw noImage(source);
            }
            recorder.complete();
        }
        return store.find(key).orElseThrow(() -> new IOException(store.root() + ": features vanished"));
    }

    /** Everything that the features of a rank's share depend on. */
    private String key(ImageSource source, int rank) {
        return String.join(
                "\n",
                features.identity(),
                "view " + views.size() + "x" + views.channels() + ", crop_pct "
                        + views.data().cropPct(),
                source.describe() + ", " + source.fingerprint(),
                "images " + source.size() + ", rank " + rank + " of "
                        + reading.place().ranks(),
                "");
    }

    private Features load(List<FeatureStore.Stored> shares, List<Pool> pools) throws IOException {
        NDManager own = manager.newSubManager();
        IntStream.Builder labels = IntStream.builder();
        IntStream.Builder samples = IntStream.builder();
        Map<Pool, NDList> parts = new EnumMap<>(Pool.class);
        for (FeatureStore.Stored share : shares) {
            int[] shareLabels = share.labels();
            IntStream.of(shareLabels).forEach(labels::add);
            IntStream.of(share.samples()).forEach(samples::add);
            for (Pool pool : pools) {
                NDArray part = own.create(share.features(pool), new Shape(shareLabels.length, features.width()));
                parts.merge(pool, new NDList(part), NDList::addAll);
            }
        }
        return new Features(
                own,
                joined(parts, own),
                labels.build().toArray(),
                samples.build().toArray());
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

    private static int[] samples(Batch batch) {
        return batch.samples().stream().mapToInt(Math::toIntExact).toArray();
    }

    private static IOException noImage(ImageSource source) {
        return new IOException(source.describe() + ": not one image could be read");
    }
}
