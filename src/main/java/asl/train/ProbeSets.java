package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig;
import asl.config.LinprobeConfig.ProbeMode;
import asl.config.Pool;
import asl.config.Weights;
import asl.data.BatchLoader;
import asl.data.Holdout;
import asl.data.ImageSource;
import asl.data.LabelledData;
import asl.data.ShardedSampler;
import asl.data.Subset;
import asl.data.Views;
import asl.distributed.World;
import asl.eval.FeatureExtractor;
import asl.eval.FeatureStore;
import asl.eval.Features;
import asl.eval.FrozenFeatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The three sets of a probe as features: to train on, to select on, and to measure on at the end where that is not the
 * same. Every rank holds its share.
 *
 * @param batchSize images per batch of the training set and rank: as configured, or what there is
 * @param images of the training set, over all ranks
 */
record ProbeSets(
        FeatureBatches training, FeatureBatches selection, Optional<FeatureBatches> test, int batchSize, int images)
        implements AutoCloseable {
    /** What the sets are made of; whoever made it closes it. */
    record Parts(
            LinprobeConfig config,
            LabelledData data,
            FrozenFeatures frozen,
            NDManager manager,
            World world,
            Consumer<String> notes) {

        /** The kinds of features to train heads on. */
        List<Pool> pools() {
            boolean pixels = config.weights().equals(Weights.PIXELS);
            return pixels ? frozen.features().pools() : config.probe().pools();
        }

        /** Where features are kept. */
        FeatureStore store() {
            return new FeatureStore(Path.of(config.outputDir(), "features"));
        }

        /** Computes features of the fixed view, each rank of its share. */
        FeatureExtractor extractor(int threads) {
            return new FeatureExtractor(manager, frozen.features(), views(), reading(threads));
        }

        private FeatureExtractor.Reading reading(int threads) {
            return FeatureExtractor.Reading.of(config, world, threads, notes);
        }

        private Views views() {
            return new Views(frozen.size(), frozen.channels(), config.data());
        }
    }

    /** Computes, or finds, the features that are kept, and makes ready to compute the others. */
    static ProbeSets open(Parts parts, int threads) throws IOException {
        FeatureExtractor extractor = parts.extractor(threads);
        double share = parts.config().probe().holdout();
        Optional<Holdout> holdout = share > 0
                ? Optional.of(Holdout.split(
                        LabelledData.labels(parts.data().train()),
                        share,
                        parts.config().seed()))
                : Optional.empty();
        FeatureBatches val = stored(parts, extractor.extract(parts.data().val(), parts.store(), parts.pools()));
        return parts.config().probe().mode() == ProbeMode.CACHED
                ? cached(parts, extractor, holdout, val)
                : augmented(parts, extractor, holdout, val, threads);
    }

    private static ProbeSets cached(
            Parts parts, FeatureExtractor extractor, Optional<Holdout> holdout, FeatureBatches val) throws IOException {
        Features all = extractor.extract(parts.data().train(), parts.store(), parts.pools());
        if (holdout.isEmpty()) {
            return cached(parts, all, val, Optional.empty());
        }
        Set<Integer> held = new HashSet<>(holdout.get().held());
        Features rest = all.select(image -> !held.contains(image));
        FeatureBatches selection = stored(parts, all.select(held::contains));
        all.close();
        return cached(parts, rest, selection, Optional.of(val));
    }

    private static ProbeSets cached(
            Parts parts, Features training, FeatureBatches selection, Optional<FeatureBatches> test) {
        int rows = training.labels().length;
        int batchSize = least(parts, Math.min(parts.config().probe().batchSize(), rows));
        int images = (int) parts.world().allReduceSum(rows)[0];
        KeptFeatures.Order order =
                new KeptFeatures.Order.Shuffled(parts.config().seed());
        FeatureBatches batches =
                new KeptFeatures(parts.manager(), training.byPool(), training.labels(), batchSize, order);
        return new ProbeSets(batches, selection, test, batchSize, images);
    }

    private static ProbeSets augmented(
            Parts parts, FeatureExtractor extractor, Optional<Holdout> holdout, FeatureBatches val, int threads)
            throws IOException {
        ImageSource all = parts.data().train();
        ImageSource source =
                holdout.<ImageSource>map(split -> subset(all, split.train())).orElse(all);
        FeatureBatches selection = val;
        if (holdout.isPresent()) {
            ImageSource held = subset(all, holdout.get().held());
            selection = stored(parts, extractor.extract(held, parts.store(), parts.pools()));
        }
        int ranks = parts.world().size();
        int batchSize = Math.max(1, Math.min(parts.config().probe().batchSize(), source.size() / ranks));
        FeatureExtractor.Reading reading = parts.reading(threads);
        BatchLoader.Options fixed = reading.options();
        BatchLoader.Options options = new BatchLoader.Options(
                fixed.seed(), batchSize, fixed.workers(), fixed.prefetch(), fixed.maxBadShare());
        ShardedSampler sampler = new ShardedSampler(source, parts.config().seed(), batchSize, reading.place(), true);
        AugmentedFeatures training = new AugmentedFeatures(
                parts,
                Math.toIntExact(sampler.batchesPerEpoch()),
                start -> new BatchLoader(source, sampler, parts.views().probe(), options, start, parts.notes()));
        return new ProbeSets(training, selection, holdout.map(split -> val), batchSize, source.size());
    }

    private static FeatureBatches stored(Parts parts, Features features) {
        return new KeptFeatures(
                parts.manager(),
                features.byPool(),
                features.labels(),
                parts.config().probe().batchSize(),
                new KeptFeatures.Order.Stored());
    }

    /** The least over the ranks, so that all make batches of one size. */
    private static int least(Parts parts, int own) {
        return (int) -parts.world().allReduceMax(-own)[0];
    }

    private static ImageSource subset(ImageSource source, List<Integer> images) {
        return new Subset(source, images.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public void close() {
        training.close();
    }
}
