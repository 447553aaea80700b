package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig;
import asl.config.LinprobeConfig.ProbeConfig;
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
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The three sets of a probe as features: to train on, to select on, and to measure on at the end where that is not the
 * same. Every rank holds its share.
 *
 * @param batchSize images per batch of the training set, over all ranks: as configured, or what there is
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

        /** Kept features of these rows, which ascend, to measure on: rank r has the batches r, r + R, ... */
        FeatureBatches scored(FeatureExtractor extractor, FeatureStore.Stored stored, List<Pool> pools, int... rows)
                throws IOException {
            int batchSize = config.probe().batchSize();
            int[] own = IntStream.range(0, rows.length)
                    .filter(i -> i / batchSize % world.size() == world.rank())
                    .map(i -> rows[i])
                    .toArray();
            Features features = extractor.load(stored, pools, own);
            return new KeptFeatures(
                    manager, features.byPool(), features.labels(), batchSize, new KeptFeatures.Order.Stored());
        }

        /** The same of all rows. */
        FeatureBatches scored(FeatureExtractor extractor, FeatureStore.Stored stored, List<Pool> pools)
                throws IOException {
            return scored(
                    extractor,
                    stored,
                    pools,
                    IntStream.range(0, stored.samples().length).toArray());
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
        FeatureBatches val = all(parts, extractor, parts.data().val());
        return parts.config().probe().mode() == ProbeMode.CACHED
                ? cached(parts, extractor, holdout, val)
                : augmented(parts, extractor, holdout, val, threads);
    }

    private static ProbeSets cached(
            Parts parts, FeatureExtractor extractor, Optional<Holdout> holdout, FeatureBatches val) throws IOException {
        FeatureStore.Stored stored = extractor.store(parts.data().train(), parts.store(), parts.world());
        int[] samples = stored.samples();
        Set<Integer> held = new HashSet<>(holdout.map(Holdout::held).orElse(List.of()));
        int[] training = rows(samples, image -> !held.contains(image));
        World world = parts.world();
        int[] own = IntStream.range(0, training.length)
                .filter(i -> i % world.size() == world.rank())
                .map(i -> training[i])
                .toArray();
        Features features = extractor.load(stored, parts.pools(), own);
        ProbeConfig settings = parts.config().probe();
        int batchSize = Math.min(settings.batchSize() * world.size(), training.length);
        KeptFeatures.Order order = new KeptFeatures.Order.Shuffled(
                parts.config().seed(), new ShardedSampler.Place(world.rank(), world.size()), training.length);
        FeatureBatches batches =
                new KeptFeatures(parts.manager(), features.byPool(), features.labels(), batchSize, order);
        if (holdout.isEmpty()) {
            return new ProbeSets(batches, val, Optional.empty(), batchSize, training.length);
        }
        FeatureBatches selection = parts.scored(extractor, stored, parts.pools(), rows(samples, held::contains));
        return new ProbeSets(batches, selection, Optional.of(val), batchSize, training.length);
    }

    /** The rows of the images that pass the test. */
    private static int[] rows(int[] samples, IntPredicate image) {
        return IntStream.range(0, samples.length)
                .filter(row -> image.test(samples[row]))
                .toArray();
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
            selection = all(parts, extractor, held);
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
        return new ProbeSets(training, selection, holdout.map(split -> val), batchSize * ranks, source.size());
    }

    private static FeatureBatches all(Parts parts, FeatureExtractor extractor, ImageSource source) throws IOException {
        return parts.scored(extractor, extractor.store(source, parts.store(), parts.world()), parts.pools());
    }

    private static ImageSource subset(ImageSource source, List<Integer> images) {
        return new Subset(source, images.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public void close() {
        training.close();
    }
}
