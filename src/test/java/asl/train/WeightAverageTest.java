package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class WeightAverageTest {
    @Test
    void movesByTheDecayAndLeavesTheWeightsAlone() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(new float[] {1, -2});
            weight.setRequiresGradient(true);
            try (WeightAverage average = new WeightAverage(manager, new NDList(weight), 0.9)) {
                double expected = 1;
                for (int step = 1; step <= 200; step++) {
                    average.update(manager, new NDList(manager.create(new float[] {step, 0})), step);
                    double decay = Math.min(0.9, (1.0 + step) / (10.0 + step));
                    expected = decay * expected + (1 - decay) * step;
                }
                assertThat((double) average.weights().get(0).getFloat(0)).isCloseTo(expected, within(1e-3));
                // Far from the start a ramp is followed at a distance of decay / (1 - decay) steps.
                assertThat(expected).isCloseTo(191, within(1e-3));
                assertThat(average.weights().get(0).hasGradient()).isFalse();
                assertThat(weight.toFloatArray()).containsExactly(1, -2);
            }
        }
    }
}
