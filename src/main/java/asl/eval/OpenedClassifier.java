package asl.eval;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.FinetuneConfig;
import asl.config.Pool;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.config.Weights;
import asl.model.VitClassifier;
import asl.model.VitClassifier.Head;
import asl.ops.ClassifierKernels;
import asl.ops.ClassifierKernels.Normalization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A classifier with its kernels, on the device: about to be fine-tuned, or fine-tuned already.
 *
 * @param notes what became of the weights, in lines for people
 */
public record OpenedClassifier(
        VitClassifier classifier, ClassifierKernels kernels, ModelChoice choice, List<String> notes)
        implements AutoCloseable {
    /** What pre-training leaves for fine-tuning to learn. */
    private static final Set<String> LEARNED_ANEW =
            Set.of("fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias");

    /**
     * The encoder that {@code weights} names, or a random one, under a new head; a head of the same classes is kept.
     *
     * @throws ConfigException if the configuration asks for another model than the weights are of
     */
    public static OpenedClassifier toTrain(NDManager manager, FinetuneConfig config, int classes, Precision precision)
            throws IOException {
        Head head = new Head(config.classifier().pool(), classes);
        Optional<Path> path = Weights.path(config.weights());
        if (path.isEmpty()) {
            ModelChoice choice = ModelChoice.of(config.model(), config.data(), Optional.empty());
            return fresh(new Making(manager, precision, config.seed()), choice, head)
                    .noting(List.of("weights      random, of seed " + config.seed()));
        }
        try (PretrainedWeights weights = PretrainedWeights.open(path.get())) {
            ModelChoice choice = ModelChoice.of(config.model(), config.data(), Optional.of(weights));
            OpenedClassifier opened = fresh(new Making(manager, precision, config.seed()), choice, head);
            return opened.filled(manager, weights, LEARNED_ANEW);
        }
    }

    /**
     * A fine-tuned classifier as it is.
     *
     * @param asked the model of a configuration; 0 and auto where the weights tell
     * @throws ConfigException if the weights have no head
     */
    public static OpenedClassifier finetuned(
            NDManager manager, PretrainedWeights weights, ModelConfig asked, Precision precision) throws IOException {
        TrainedWith trained = weights.trainedWith();
        Pool pool = trained.pool()
                .orElseThrow(() -> new ConfigException("weights: " + weights.path()
                        + ": has no head, so it is not fine-tuned; name a checkpoint of asl finetune"));
        Normalization pixels = trained.pixels().orElse(TrainedWith.IMAGENET);
        ModelChoice choice = new ModelChoice(weights.complete(asked), pixels);
        Head head = new Head(pool, trained.classNames().size());
        OpenedClassifier opened = fresh(new Making(manager, precision, 0), choice, head);
        return opened.filled(manager, weights, Set.of());
    }

    private record Making(NDManager manager, Precision precision, long seed) {}

    private static OpenedClassifier fresh(Making making, ModelChoice choice, Head head) {
        ClassifierKernels kernels =
                new ClassifierKernels(making.manager(), choice.model(), choice.pixels(), making.precision());
        VitClassifier classifier = new VitClassifier(making.manager(), choice.model(), head, kernels, making.seed());
        return new OpenedClassifier(classifier, kernels, choice, List.of());
    }

    private OpenedClassifier filled(NDManager manager, PretrainedWeights weights, Set<String> anew) throws IOException {
        List<String> fates = weights.fill(manager, classifier.weights(), choice.model(), anew);
        return noting(List.of("weights      " + weights.path() + ": " + String.join("; ", fates)));
    }

    private OpenedClassifier noting(List<String> lines) {
        return new OpenedClassifier(classifier, kernels, choice, lines);
    }

    @Override
    public void close() {
        kernels.close();
    }
}
