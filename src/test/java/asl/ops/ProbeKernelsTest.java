package asl.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.golden.GoldenVectors;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class ProbeKernelsTest {
    private static final ProbeKernels.Lars LARS = new ProbeKernels.Lars(0.9, 0.001, 0);

    /** Five LARS steps of the reference head, beside a second head at another rate that must not disturb it. */
    @Test
    void stepsAndEvaluationAgreeWithTheReference() throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        try (NDManager manager = NDManager.newBaseManager();
                ProbeKernels kernels = new ProbeKernels(manager)) {
            NDArray x = golden.array(manager, "lars.in.features");
            NDArray labels = manager.create(golden.ints("lars.in.labels")).toType(DataType.INT64, false);
            NDList parameters = new NDList(
                    twice(golden.array(manager, "lars.w0.weight")), twice(golden.array(manager, "lars.w0.bias")));
            NDList momenta =
                    new NDList(parameters.get(0).zerosLike(), parameters.get(1).zerosLike());
            Shape width = new Shape(x.getShape().get(1));
            NDList running = new NDList(manager.zeros(width), manager.ones(width));
            NDArray lr = manager.create(new float[] {0.4f, 0.05f});

            float[] losses = new float[5];
            for (int step = 0; step < 5; step++) {
                NDArray normalized = kernels.normalize(x, running);
                ProbeKernels.Gradients gradients = kernels.gradients(normalized, labels, parameters);
                losses[step] = gradients.losses().getFloat(0);
                kernels.lars(parameters, gradients.parameters(), momenta, lr, LARS);
            }

            NDArray logits = kernels.logits(kernels.normalizeEval(x, running), parameters);
            agrees(losses, golden, "losses");
            agrees(parameters.get(0).get(0).toFloatArray(), golden, "weight");
            agrees(parameters.get(1).get(0).toFloatArray(), golden, "bias");
            agrees(running.get(0).toFloatArray(), golden, "running_mean");
            agrees(running.get(1).toFloatArray(), golden, "running_var");
            agrees(logits.get(0).toFloatArray(), golden, "eval_logits");
            assertThat(parameters.get(0).get(1).toFloatArray())
                    .isNotEqualTo(parameters.get(0).get(0).toFloatArray());
        }
    }

    /** By the definition, in double: trust ratio and decay for the weight, neither for the bias; momentum for both. */
    @Test
    void larsFollowsItsDefinition() {
        double[] weight = {0.5, -1, 2, 0.25};
        double[] grad = {0.1, 0.2, -0.3, 0.05};
        double[] momentum = {1, -1, 0.5, 0};
        double lr = 0.7;
        double size = norm(weight);
        double[] update = new double[4];
        for (int i = 0; i < 4; i++) {
            update[i] = grad[i] + 0.1 * weight[i];
        }
        double ratio = 0.02 * size / norm(update);
        float[] expected = new float[4];
        for (int i = 0; i < 4; i++) {
            expected[i] = (float) (weight[i] - lr * (0.8 * momentum[i] + ratio * update[i]));
        }
        try (NDManager manager = NDManager.newBaseManager();
                ProbeKernels kernels = new ProbeKernels(manager)) {
            NDList parameters = new NDList(head(manager, weight), manager.create(new float[] {3, 4}, new Shape(1, 2)));
            NDList gradients = new NDList(head(manager, grad), manager.create(new float[] {1, -1}, new Shape(1, 2)));
            NDList momenta = new NDList(head(manager, momentum), manager.zeros(new Shape(1, 2)));
            kernels.lars(
                    parameters,
                    gradients,
                    momenta,
                    manager.create(new float[] {(float) lr}),
                    new ProbeKernels.Lars(0.8, 0.02, 0.1));
            assertThat(GoldenVectors.difference(parameters.get(0).toFloatArray(), expected))
                    .isLessThan(1e-6);
            assertThat(parameters.get(1).toFloatArray()).containsExactly(3 - 0.7f, 4 + 0.7f);
        }
    }

    private static void agrees(float[] actual, GoldenVectors golden, String name) {
        assertThat(GoldenVectors.difference(actual, golden.floats("lars.out." + name)))
                .as(name)
                .isLessThan(1e-5);
    }

    private static NDArray twice(NDArray array) {
        return array.expandDims(0).repeat(0, 2);
    }

    private static NDArray head(NDManager manager, double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return manager.create(floats, new Shape(1, 2, 2));
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
