package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.config.Pool;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.data.ImageSource;
import asl.data.SequentialLoader;
import asl.data.ShardedSampler;
import asl.data.Views;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Computes the features of the fixed view of every image of a source, once, in the source's order. */
public final class FeatureExtractor {
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
    public record Reading(BatchLoader.Options options, ShardedSampler.Place place, Consumer<String> notes) {}

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
        ImageSize size = views.size();
        try (SequentialLoader loader =
                new SequentialLoader(source, views.centre(), reading.options(), reading.place(), reading.notes())) {
            for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
                try (Batch batch = next.get();
                        NDManager results = manager.newSubManager()) {
                    Shape shape = new Shape(batch.samples().size(), size.height(), size.width(), views.channels());
                    NDArray images = results.create(batch.images(), shape, DataType.UINT8);
                    action.accept(batch, features.of(results, images));
                }
            }
        }
    }

    /** The features of all images; they stay on the device. */
    public Features extract(ImageSource source) throws IOException {
        return collect(source, Optional.empty());
    }

    /** The same, from the store if they are there; else they are put there. */
    public Features extract(ImageSource source, FeatureStore store) throws IOException {
        String key = key(source);
        Optional<FeatureStore.Stored> stored = store.find(key);
        if (stored.isPresent()) {
            reading.notes()
                    .accept("features     of " + source.describe() + " from "
                            + stored.get().folder());
            return load(stored.get());
        }
        try (FeatureStore.Recorder recorder = store.record(key, features.pools(), features.width())) {
            Features extracted = collect(source, Optional.of(recorder));
            recorder.complete();
            return extracted;
        }
    }

    private String key(ImageSource source) {
        return String.join(
                "\n",
                features.identity(),
                "view " + views.size() + "x" + views.channels() + ", crop_pct "
                        + views.data().cropPct(),
                source.describe(),
                "images " + source.size() + ", rank " + reading.place().rank() + " of "
                        + reading.place().ranks(),
                "");
    }

    private Features collect(ImageSource source, Optional<FeatureStore.Recorder> recorder) throws IOException {
        NDManager own = manager.newSubManager();
        List<Pool> pools = features.pools();
        Map<Pool, NDList> parts = new EnumMap<>(Pool.class);
        pools.forEach(pool -> parts.put(pool, new NDList()));
        IntStream.Builder labels = IntStream.builder();
        IntStream.Builder samples = IntStream.builder();
        forEach(source, (batch, both) -> {
            int[] batchLabels =
                    batch.labels().stream().mapToInt(Integer::intValue).toArray();
            Map<Pool, float[]> host = new EnumMap<>(Pool.class);
            for (int i = 0; i < pools.size(); i++) {
                NDArray part = both.get(i).duplicate(); // [B, D]
                part.attach(own);
                parts.merge(pools.get(i), new NDList(part), NDList::addAll);
                if (recorder.isPresent()) {
                    host.put(pools.get(i), part.toFloatArray());
                }
            }
            int[] batchSamples =
                    batch.samples().stream().mapToInt(Math::toIntExact).toArray();
            IntStream.of(batchLabels).forEach(labels::add);
            IntStream.of(batchSamples).forEach(samples::add);
            if (recorder.isPresent()) {
                recorder.get().append(host, batchLabels, batchSamples);
            }
        });
        int[] all = labels.build().toArray();
        if (all.length == 0) {
            own.close();
            throw new IOException(source.describe() + ": not one image could be read");
        }
        Map<Pool, NDArray> whole = new EnumMap<>(Pool.class);
        parts.forEach((pool, list) -> {
            NDArray joined = NDArrays.concat(list);
            list.close();
            joined.attach(own);
            whole.put(pool, joined);
        });
        return new Features(own, whole, all, samples.build().toArray());
    }

    private Features load(FeatureStore.Stored stored) throws IOException {
        NDManager own = manager.newSubManager();
        int[] labels = stored.labels();
        Map<Pool, NDArray> whole = new EnumMap<>(Pool.class);
        for (Pool pool : features.pools()) {
            whole.put(pool, own.create(stored.features(pool), new Shape(labels.length, features.width())));
        }
        return new Features(own, whole, labels, stored.samples());
    }
}
