package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.FinetuneConfig;
import asl.data.BatchLoader;
import asl.data.ImageSource;
import asl.data.ShardedSampler;
import asl.data.Views;
import asl.distributed.World;
import java.io.IOException;
import java.util.function.Consumer;

/** A part of a data set that classifiers are measured on: every rank scores its share, and all learn the whole. */
public record ScoredPart(ImageSource source, ViewBatches batches, World world) {
    /** The device by its manager, decoding threads where the configuration leaves them open, the processes, who is told. */
    public record Place(NDManager manager, int threads, World world, Consumer<String> notes) {}

    /** @param config with a model whose sizes are all known */
    public static ScoredPart of(ImageSource source, FinetuneConfig config, Place place) {
        Views views = new Views(config.model().imageSize(), config.model().channels(), config.data());
        World world = place.world();
        FeatureExtractor.Reading reading = new FeatureExtractor.Reading(
                reading(config, place.threads()), new ShardedSampler.Place(world.rank(), world.size()), place.notes());
        return new ScoredPart(source, new ViewBatches(place.manager(), views, reading), world);
    }

    /** How images are read, to measure as to train. */
    public static BatchLoader.Options reading(FinetuneConfig config, int threads) {
        return BatchLoader.Options.of(
                config.data(), config.seed(), config.train().batchSize(), threads);
    }

    /** A classifier: uint8 images [B, H, W, C] to logits [B, classes]. */
    public interface Classifier {
        NDArray logits(NDManager results, NDArray images);
    }

    /**
     * Scores all images that can be read; every rank must come to this.
     *
     * @throws IOException if not one could be read
     */
    public ClassificationScores score(Classifier classifier, int classes) throws IOException {
        ClassificationScores own = new ClassificationScores(classes);
        batches.forEach(source, (results, batch, images) -> {
            float[] logits = classifier.logits(results, images).toFloatArray();
            own.add(logits, batch.labels().stream().mapToInt(Integer::intValue).toArray());
        });
        ClassificationScores all = ClassificationScores.ofSums(classes, world.allReduceSum(own.sums()));
        if (all.count() == 0) {
            throw new IOException(source.describe() + ": not one image could be read");
        }
        return all;
    }
}
