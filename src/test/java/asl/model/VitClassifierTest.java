package asl.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.config.Pool;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.config.RunConfig.VitSize;
import asl.golden.GoldenVectors;
import asl.model.VitClassifier.Head;
import asl.ops.ClassifierKernels;
import asl.ops.ClassifierKernels.Gradients;
import asl.ops.ClassifierKernels.Normalization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("engine")
class VitClassifierTest {
    private static final ModelConfig MODEL = new ModelConfig(VitSize.TINY, 24, 2, 2, ImageSize.square(32), 8, 3);

    @ParameterizedTest
    @EnumSource(Pool.class)
    void theReferenceWeightsGiveTheReferenceLogitsAndGradients(Pool pool) throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        String name = pool == Pool.CLS ? "cls" : "pool";
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager)) {
            VitClassifier classifier = new VitClassifier(manager, MODEL, new Head(pool, 7), kernels, 0);
            Map<String, NDArray> weights = classifier.weights();
            assertThat(weights.keySet()).containsExactlyInAnyOrderElementsOf(golden.names("w." + name + "."));
            assertThat(classifier.trained().keySet()).isEqualTo(weights.keySet());
            weights.forEach((key, weight) ->
                    golden.array(manager, "w." + name + "." + key).copyTo(weight));

            NDArray images = golden.array(manager, "in.imgs");
            float[] logits = classifier.logits(manager, images).toFloatArray();
            assertThat(GoldenVectors.difference(logits, golden.floats("out." + name + ".logits")))
                    .isLessThan(1e-5);

            float[] uniform = new float[4 * 7];
            Arrays.fill(uniform, 1 / 7f);
            Gradients gradients =
                    classifier.train(manager, images, kernels.noDrop(), manager.create(uniform, new Shape(4, 7)));
            List<String> names = new ArrayList<>(weights.keySet());
            for (int i = 0; i < names.size(); i++) {
                assertThat(gradients.parameters().get(i).getShape())
                        .as(names.get(i))
                        .isEqualTo(golden.shape("w." + name + "." + names.get(i)));
            }
        }
    }

    @Test
    void aFreshHeadIsUndecided() {
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager)) {
            VitClassifier classifier = new VitClassifier(manager, MODEL, new Head(Pool.AVG, 7), kernels, 5);
            NDArray images = manager.randomNormal(new Shape(2, 3, 32, 32));
            for (float logit : classifier.logits(manager, images).toFloatArray()) {
                assertThat(Math.abs(logit)).isLessThan(1e-3f);
            }
        }
    }

    @Test
    void aFrozenEncoderStartsAsPreTrainingDoesAndHasNothingToTrain() {
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager)) {
            FrozenEncoder encoder = new FrozenEncoder(manager, MODEL, kernels, 5);
            VitClassifier classifier = new VitClassifier(manager, MODEL, new Head(Pool.CLS, 7), kernels, 5);
            assertThat(encoder.trained()).isEmpty();
            encoder.weights()
                    .forEach((key, weight) ->
                            assertThat(weight.toFloatArray()).as(key).isEqualTo(weights(classifier, key)));
            assertThat(encoder.features(manager, manager.zeros(new Shape(3, 3, 32, 32)))
                            .getShape())
                    .isEqualTo(new Shape(2, 3, 24));
        }
    }

    private static float[] weights(VitClassifier classifier, String key) {
        return Objects.requireNonNull(classifier.weights().get(key), key).toFloatArray();
    }

    private static ClassifierKernels kernels(NDManager manager) {
        Normalization none = new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
        return new ClassifierKernels(manager, MODEL, none, Precision.FP32);
    }
}
