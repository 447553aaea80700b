package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.LabelledDataConfig;
import asl.config.LinprobeConfig.LarsConfig;
import asl.config.Pool;
import asl.config.RunConfig;
import asl.config.RunConfig.DataConfig;
import asl.config.RunConfig.OnlineEvalConfig;
import asl.data.BatchLoader;
import asl.data.ImageSource;
import asl.data.LabelledData;
import asl.data.ShardedSampler;
import asl.data.Subset;
import asl.data.Views;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.eval.EncoderFeatures;
import asl.eval.FeatureExtractor;
import asl.eval.Features;
import asl.eval.KnnClassifier;
import asl.model.FrozenEncoder;
import asl.ops.ClassifierKernels;
import asl.ops.ClassifierKernels.Normalization;
import asl.ops.Engines;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How good the features are while they are being learned: nearest neighbours and a quick probe on a labelled set. It works
 * on a copy of the weights and draws only from streams of its own, so that training goes on as if it were not there. One
 * process measures; the others wait at their next step.
 */
final class OnlineEvaluation implements AutoCloseable {
    private static final int BATCH = 128;
    private static final ShardedSampler.Place ALONE = new ShardedSampler.Place(0, 1);

    private final RunConfig config;
    private final NDManager manager;
    private final ClassifierKernels kernels;
    private final FrozenEncoder encoder;
    private final LabelledData data;
    private final FeatureExtractor extractor;
    private final Consumer<String> notes;

    /** Opens the labelled set; throws a ConfigException where there is none. */
    OnlineEvaluation(RunConfig config, NDManager parent, Engines.Setup engine, Consumer<String> notes)
            throws IOException {
        this.config = config;
        this.notes = notes;
        LabelledDataConfig labelled = labelled(config);
        this.data = open(labelled);
        this.manager = parent.newSubManager();
        Normalization pixels =
                new Normalization(config.data().mean(), config.data().std());
        this.kernels = new ClassifierKernels(manager, config.model(), pixels, engine.precision());
        this.encoder = new FrozenEncoder(manager, config.model(), kernels, config.seed());
        BatchLoader.Options options = BatchLoader.Options.of(labelled, config.seed(), BATCH, engine.threads());
        this.extractor = new FeatureExtractor(
                manager,
                new EncoderFeatures(encoder, "in training"),
                new Views(config.model().imageSize(), config.model().channels(), labelled),
                new FeatureExtractor.Reading(options, ALONE, notes));
    }

    private static LabelledData open(LabelledDataConfig labelled) throws IOException {
        try {
            return LabelledData.open(labelled, 0);
        } catch (ConfigException e) {
            throw new ConfigException(e.problems().stream()
                    .map(problem -> "online_eval, " + problem)
                    .toList());
        }
    }

    /** The labelled set in the terms of probes: centre crops of the whole short side, pixels as in pre-training. */
    private static LabelledDataConfig labelled(RunConfig config) {
        OnlineEvalConfig eval = config.onlineEval();
        DataConfig training = config.data();
        return new LabelledDataConfig(
                eval.format(),
                eval.root(),
                eval.trainSplit(),
                eval.valRoot(),
                eval.valSplit(),
                training.mean(),
                training.std(),
                training.cropScaleMin(),
                training.cropScaleMax(),
                training.cropRatioMin(),
                training.cropRatioMax(),
                0,
                1,
                training.maxBadShare(),
                training.workers(),
                training.prefetch());
    }

    /**
     * Measures the weights as they are now.
     *
     * @param weights of the pre-training, the encoder's among them
     * @return top-1 shares by name
     */
    Map<String, Double> measure(Map<String, NDArray> weights) throws IOException {
        encoder.weights().forEach((name, copy) -> {
            NDArray current = weights.get(name);
            if (current == null) {
                throw new IllegalStateException("the method has no weight " + name);
            }
            current.copyTo(copy);
        });
        int images = config.onlineEval().images();
        ImageSource bank = Subset.evenly(data.train(), images); // they stay open: closed with the data
        ImageSource queries = Subset.evenly(data.val(), images);
        Map<String, Double> figures = new LinkedHashMap<>();
        try (Features known = extractor.extract(bank);
                Features asked = extractor.extract(queries)) {
            figures.put("knn_top1", neighbours(known, asked));
            if (config.onlineEval().probeEpochs() > 0) {
                figures.put("probe_top1", probe(known, asked));
            }
        }
        return figures;
    }

    private double neighbours(Features known, Features asked) throws IOException {
        OnlineEvalConfig eval = config.onlineEval();
        int classes = data.classNames().size();
        ClassificationScores scores = new ClassificationScores(classes);
        try (KnnClassifier classifier = new KnnClassifier(manager, known.of(eval.pool()), known.labels(), classes)) {
            batches(asked, new KeptFeatures.Order.Stored()).forEach(0, 0, batch -> {
                scores.add(classifier.votes(batch.of(eval.pool()), eval.k(), eval.temperature()), batch.labels());
                return true;
            });
        }
        return scores.top1();
    }

    /** Top-1 after the last epoch, of a head of the one rate; not a number where it diverged. */
    private double probe(Features known, Features asked) throws IOException {
        OnlineEvalConfig eval = config.onlineEval();
        LarsConfig lars = new LarsConfig(List.of(eval.probeBlr()), 0, eval.probeEpochs() / 10.0, 0.9, 0.001, 0);
        int batchSize = Math.min(2 * BATCH, known.labels().length);
        LinearProbe.Plan plan =
                new LinearProbe.Plan(List.of(eval.pool()), lars, eval.probeEpochs(), batchSize, 1, config.seed());
        ProbeHeads.Size size = new ProbeHeads.Size(
                encoder.model().embedDim(), data.classNames().size());
        try (LinearProbe probe = new LinearProbe(new LinearProbe.Place(manager, World.single()), size, plan)) {
            probe.train(
                    0,
                    batches(known, new KeptFeatures.Order.Shuffled(config.seed(), ALONE, known.labels().length)),
                    batches(asked, new KeptFeatures.Order.Stored()),
                    (epoch, progress) -> true);
            return probe.results().get(0).last().scores().top1();
        } catch (IllegalStateException e) {
            notes.accept("online_eval: " + e.getMessage());
            return Double.NaN;
        }
    }

    private KeptFeatures batches(Features features, KeptFeatures.Order order) {
        Pool pool = config.onlineEval().pool();
        return new KeptFeatures(manager, Map.of(pool, features.of(pool)), features.labels(), 2 * BATCH, order);
    }

    @Override
    public void close() throws IOException {
        try (data) {
            kernels.close();
            manager.close();
        }
    }
}
