package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig;
import asl.config.Pool;
import asl.config.Weights;
import asl.data.LabelledData;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.eval.FeatureExtractor;
import asl.eval.FeatureStore;
import asl.eval.Features;
import asl.eval.FrozenFeatures;
import asl.eval.KnnClassifier;
import asl.eval.ScoreReport;
import asl.log.JsonFile;
import asl.log.MetricLog;
import asl.log.ProgressLine;
import asl.ops.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Weighted nearest neighbours from weights and labelled images to a table by k. Ranks share the work: each computes the
 * features of its share, reads those of the others from the folder that all see, and scores its share of the validation
 * part: the same figures, however many there are.
 */
public final class KnnRun {
    private final LinprobeConfig config;
    private final List<Integer> neighbours;
    private final World world;

    /** @param neighbours the k to report; each is measured, none is chosen */
    public KnnRun(LinprobeConfig config, List<Integer> neighbours, World world) {
        this.config = config;
        this.neighbours = List.copyOf(neighbours);
        this.world = world;
    }

    /** Measures, writes {@code knn.json}, and returns the table in lines for people. */
    public List<String> run() throws IOException {
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        try (LabelledData data = world.together(
                        () -> LabelledData.open(config.data(), config.probe().classes()));
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                FrozenFeatures frozen = world.together(
                        () -> FrozenFeatures.open(manager, FrozenFeatures.Asked.of(config), engine.precision()));
                MetricLog log =
                        world.rank() == 0 ? new ProgressLine(new ProgressLine.Plan(0, 0, 0)) : MetricLog.none()) {
            log.note(Engines.describe(engine) + "; " + world.describe());
            for (String note : frozen.notes()) {
                log.note(note);
            }
            ProbeSets.Parts parts =
                    new ProbeSets.Parts(config, data, frozen, manager, world, Notes.ofRank(world, log)::add);
            List<ScoreReport> reports = measure(parts, parts.extractor(engine.threads()));
            if (world.rank() == 0) {
                write(reports);
            }
            return lines(data, reports);
        }
    }

    private Pool pool(FrozenFeatures frozen) {
        boolean pixels = config.weights().equals(Weights.PIXELS);
        return pixels ? frozen.features().pools().get(0) : config.knn().pool();
    }

    private List<ScoreReport> measure(ProbeSets.Parts parts, FeatureExtractor extractor) throws IOException {
        Pool pool = pool(parts.frozen());
        List<String> names = parts.data().classNames();
        List<ClassificationScores> own = new ArrayList<>();
        neighbours.forEach(k -> own.add(new ClassificationScores(names.size())));
        FeatureStore.Stored known = extractor.store(parts.data().train(), parts.store(), world);
        FeatureStore.Stored asked = extractor.store(parts.data().val(), parts.store(), world);
        int[] all = IntStream.range(0, known.samples().length).toArray();
        try (Features bank = extractor.load(known, List.of(pool), all);
                FeatureBatches queries = parts.scored(extractor, asked, List.of(pool));
                KnnClassifier classifier =
                        new KnnClassifier(parts.manager(), bank.of(pool), bank.labels(), names.size())) {
            queries.forEach(0, 0, batch -> {
                NDArray features = batch.of(pool);
                for (int i = 0; i < neighbours.size(); i++) {
                    float[] votes = classifier.votes(
                            features, neighbours.get(i), config.knn().temperature());
                    own.get(i).add(votes, batch.labels());
                }
                return true;
            });
        }
        return own.stream()
                .map(scores -> ClassificationScores.ofSums(names.size(), world.allReduceSum(scores.sums())))
                .map(scores -> new ScoreReport(names, scores))
                .toList();
    }

    private void write(List<ScoreReport> reports) throws IOException {
        List<Map<String, Object>> byK = new ArrayList<>();
        for (int i = 0; i < reports.size(); i++) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("k", neighbours.get(i));
            entry.putAll(reports.get(i).figures(config.probe().perClass()));
            entry.remove("loss"); // votes are no log-probabilities
            byK.add(entry);
        }
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("weights", config.weights());
        results.put("temperature", config.knn().temperature());
        results.put("neighbours", byK);
        JsonFile.write(Path.of(config.outputDir(), "knn.json"), results);
    }

    private List<String> lines(LabelledData data, List<ScoreReport> reports) {
        List<String> lines = new ArrayList<>();
        lines.add("training     " + data.train().describe());
        lines.add("validation   " + data.val().describe());
        lines.add("    k  top-1   top-5   (temperature " + config.knn().temperature() + ")");
        for (int i = 0; i < reports.size(); i++) {
            ClassificationScores scores = reports.get(i).scores();
            lines.add(String.format(
                    Locale.ROOT, "%5d %6.2f  %6.2f", neighbours.get(i), 100 * scores.top1(), 100 * scores.top5()));
            if (config.probe().perClass()) {
                lines.addAll(reports.get(i).perClassLines());
            }
        }
        return lines;
    }
}
