package asl.eval;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.FinetuneConfig;
import asl.config.Weights;
import asl.data.ImageSource;
import asl.data.LabelledData;
import asl.distributed.World;
import asl.log.JsonFile;
import asl.ops.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a classifier that was fine-tuned before makes of the validation part. */
public final class FinetunedScores {
    private FinetunedScores() {}

    /**
     * Measures the classifier that {@code weights} names; rank 0 writes {@code eval/results.json} and the confusion matrix
     * into the output folder.
     *
     * @param notes told, in one line each, what is measured (on rank 0) and which images cannot be read
     * @throws ConfigException if the weights have no head, or other classes than the data set
     */
    public static ScoreReport measure(FinetuneConfig config, World world, Consumer<String> notes) throws IOException {
        Path path = Weights.path(config.weights())
                .orElseThrow(() -> new ConfigException("weights: random weights are no classifier to measure"));
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        try (PretrainedWeights weights = world.together(() -> PretrainedWeights.open(path));
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                OpenedClassifier opened = world.together(
                        () -> OpenedClassifier.finetuned(manager, weights, config.model(), engine.precision()));
                ImageSource val = world.together(() -> LabelledData.openVal(
                        config.data(), weights.trainedWith().classNames()))) {
            if (world.rank() == 0) {
                notes.accept(Engines.describe(engine) + "; " + world.describe());
                opened.notes().forEach(notes);
                notes.accept("data         " + val.describe());
            }
            List<String> names = weights.trainedWith().classNames();
            FinetuneConfig whole = config.completed(opened.choice().model(), config.data(), names.size());
            ScoredPart part = ScoredPart.of(val, whole, new ScoredPart.Place(manager, engine.threads(), world, notes));
            ScoreReport report = new ScoreReport(
                    names, part.score((results, images) -> opened.classifier().logits(results, images), names.size()));
            if (world.rank() == 0) {
                write(report, weights.path(), val, Path.of(config.outputDir(), "eval"));
            }
            return report;
        }
    }

    private static void write(ScoreReport report, Path weights, ImageSource val, Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("weights", weights.toString());
        results.put("data", val.describe());
        results.put("val", report.figures(true));
        JsonFile.write(folder.resolve("results.json"), results);
        report.writeConfusion(folder);
    }
}
