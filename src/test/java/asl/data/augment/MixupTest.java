package asl.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixupTest {
    private static final int DRAWS = 20_000;
    private static final Mixup RECIPE = new Mixup(0.8, 1.0, 1, 0.5, 0.1);

    @Test
    void switchesBetweenMixupAndCutmixHalfTheTime() {
        int cutmix = 0;
        for (int i = 0; i < DRAWS; i++) {
            cutmix += RECIPE.draw(64, 64, stream(i)).isCutmix() ? 1 : 0;
        }
        // A cutmix box rounds to nothing in about 1 % of the draws.
        assertThat(cutmix / (double) DRAWS).isCloseTo(0.495, within(0.015));
    }

    @Test
    void theWeightOfCutmixIsTheAreaThatStays() {
        Mixup cutmix = new Mixup(0, 1, 1, 0, 0);
        double kept = 0;
        for (int i = 0; i < DRAWS; i++) {
            Mixup.Mix mix = cutmix.draw(48, 80, stream(i));
            Box box = mix.box();
            assertThat(box.top()).isBetween(0, 48);
            assertThat(box.bottom()).isBetween(box.top(), 48);
            assertThat(box.right()).isBetween(box.left(), 80);
            assertThat(mix.lambda()).isCloseTo(1 - box.area() / 3840.0, within(1e-12));
            kept += mix.lambda();
        }
        // Uncut boxes would keep half on average. A box of sides r, r about a uniform point keeps r - r^2/4 of each
        // side, so with r^2 uniform the expected area is E[r^2 (1 - r/4)^2] = 1/2 - 1/5 + 1/48.
        assertThat(kept / DRAWS).isCloseTo(1 - (0.5 - 0.2 + 1 / 48.0), within(0.02));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.8, 1.0, 3.0})
    void weightsFollowTheBetaDistribution(double alpha) {
        RandomStream random = stream(7);
        double[] weights = new double[DRAWS];
        Arrays.setAll(weights, i -> Mixup.beta(alpha, random));
        double mean = Arrays.stream(weights).average().orElseThrow();
        double square = Arrays.stream(weights).map(w -> w * w).average().orElseThrow();
        double variance = 1 / (4 * (2 * alpha + 1));
        assertThat(mean).isCloseTo(0.5, within(0.01));
        assertThat(square - mean * mean).isCloseTo(variance, within(0.004));
        assertThat(Arrays.stream(weights)).allMatch(w -> w >= 0 && w <= 1);
    }

    @Test
    void targetsHoldTheLabelMass() {
        float[] targets = RECIPE.targets(new int[] {2, 0, 1, 2}, 5, 0.7);
        // 0.9 of the mass on the labels in the proportion 7 to 3, 0.1 spread over the five classes.
        assertThat(row(targets, 0)).containsExactly(0.02, 0.02, 0.92, 0.02, 0.02);
        assertThat(row(targets, 1)).containsExactly(0.65, 0.29, 0.02, 0.02, 0.02);
        assertThat(row(targets, 2)).containsExactly(0.29, 0.65, 0.02, 0.02, 0.02);
        for (int i = 0; i < 4; i++) {
            assertThat(Arrays.stream(row(targets, i)).sum()).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void withoutMixingTargetsAreSmoothedOneHot() {
        Mixup off = Mixup.off(0.1);
        Mixup.Mix mix = off.draw(32, 32, stream(1));
        assertThat(mix.mixes()).isFalse();
        float[] targets = off.targets(new int[] {1, 0}, 2, mix.lambda());
        assertThat(targets).containsExactly(new float[] {0.05f, 0.95f, 0.95f, 0.05f}, within(1e-7f));
    }

    @Test
    void mixesOnlyTheGivenShareOfBatches() {
        Mixup sometimes = new Mixup(0.8, 0, 0.3, 0.5, 0);
        int mixed = 0;
        for (int i = 0; i < DRAWS; i++) {
            mixed += sometimes.draw(32, 32, stream(i)).mixes() ? 1 : 0;
        }
        assertThat(mixed / (double) DRAWS).isCloseTo(0.3, within(0.012));
    }

    private static double[] row(float[] targets, int row) {
        double[] values = new double[5];
        Arrays.setAll(values, j -> Math.rint(targets[row * 5 + j] * 1e6) / 1e6);
        return values;
    }

    private static RandomStream stream(long batch) {
        return RandomStream.of(0, Purpose.MIXUP, 0, batch);
    }
}
