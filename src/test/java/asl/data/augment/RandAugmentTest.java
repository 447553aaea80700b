package asl.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import asl.data.image.RawImage;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RandAugmentTest {
    private static final String RECIPE = "rand-m9-mstd0.5-inc1";
    private static final RandAugment AUGMENT =
            new RandAugment(RandAugmentPolicy.parse(RECIPE), RandAugment.Resampling.RANDOM, 124, 116, 104);

    @Test
    void readsTheRecipe() {
        assertThat(RandAugmentPolicy.parse(RECIPE)).isEqualTo(new RandAugmentPolicy(9, 2, 0.5, 10, true));
        assertThat(RandAugmentPolicy.parse("rand")).isEqualTo(new RandAugmentPolicy(10, 2, 0, 10, false));
        assertThat(RandAugmentPolicy.parse("rand-n3-m12-mmax15-inc0"))
                .isEqualTo(new RandAugmentPolicy(12, 3, 0, 15, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"augmix-m3", "", "rand-x9", "rand-m", "rand-m9-", "rand-n1.5", "rand-inc2", "rand-m-9"})
    void refusesOtherPoliciesByName(String policy) {
        assertThatThrownBy(() -> RandAugmentPolicy.parse(policy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("RandAugment policy '" + policy + "'")
                .hasMessageContaining("-m9 (magnitude)")
                .hasMessageNotContaining("\n");
    }

    @Test
    void theIncreasingSetHasTimmsFifteenOperations() {
        assertThat(AugmentOp.set(true))
                .hasSize(15)
                .contains(AugmentOp.POSTERIZE_INCREASING, AugmentOp.SOLARIZE_INCREASING, AugmentOp.SOLARIZE_ADD)
                .doesNotContain(AugmentOp.POSTERIZE, AugmentOp.SOLARIZE, AugmentOp.COLOR);
        assertThat(AugmentOp.set(false)).hasSize(15).contains(AugmentOp.POSTERIZE, AugmentOp.SHARPNESS);
    }

    @Test
    void magnitudesAreNormalAboutNineAndCutAtTen() {
        RandomStream random = stream(1);
        double[] magnitudes = new double[20_000];
        Arrays.setAll(magnitudes, i -> AUGMENT.magnitude(random));
        double atCut = Arrays.stream(magnitudes).filter(m -> m == 10).count() / 20_000.0;
        double mean = Arrays.stream(magnitudes).average().orElseThrow();
        // 10 is two deviations up: P(Z > 2) = 2.28 %, and what is cut off takes about 0.004 off the mean.
        assertThat(atCut).isCloseTo(0.0228, within(0.004));
        assertThat(mean).isCloseTo(8.996, within(0.015));
        assertThat(Arrays.stream(magnitudes)).allMatch(m -> m >= 0 && m <= 10);
    }

    /** At magnitude 5: the absolute value of what each operation takes. */
    @ParameterizedTest
    @CsvSource({
        "ROTATE, 15",
        "POSTERIZE, 2",
        "POSTERIZE_INCREASING, 2",
        "SOLARIZE, 128",
        "SOLARIZE_INCREASING, 128",
        "SOLARIZE_ADD, 55",
        "COLOR, 1.0",
        "SHEAR_X, 0.15",
        "SHEAR_Y, 0.15",
        "TRANSLATE_X_REL, 0.225",
        "TRANSLATE_Y_REL, 0.225",
    })
    void argumentsFollowTheMagnitude(AugmentOp operation, double expected) {
        assertThat(Math.abs(operation.argument(5, stream(2)))).isCloseTo(expected, within(1e-12));
    }

    @Test
    void increasingOperationsGrowStrongerWithTheMagnitude() {
        RandomStream random = stream(3);
        assertThat(AugmentOp.POSTERIZE_INCREASING.argument(9, random)).isEqualTo(1);
        assertThat(AugmentOp.SOLARIZE_INCREASING.argument(9, random)).isEqualTo(26);
        for (AugmentOp blend : EnumSet.of(AugmentOp.COLOR_INCREASING, AugmentOp.SHARPNESS_INCREASING)) {
            assertThat(Math.abs(blend.argument(2, random) - 1)).isCloseTo(0.18, within(1e-12));
            assertThat(Math.abs(blend.argument(9, random) - 1)).isCloseTo(0.81, within(1e-12));
            assertThat(blend.argument(20, random)).isGreaterThanOrEqualTo(0.1);
        }
    }

    @Test
    void signsAreEven() {
        RandomStream random = stream(4);
        int positive = 0;
        for (int i = 0; i < 10_000; i++) {
            positive += AugmentOp.ROTATE.argument(9, random) > 0 ? 1 : 0;
        }
        assertThat(positive).isBetween(4_800, 5_200);
    }

    /** Twice: pick one of 15, apply it half the time. Invert alone turns a constant image of 0 to 255. */
    @Test
    void operationsAreDrawnEvenlyAndAppliedHalfTheTime() {
        RandAugment single =
                new RandAugment(RandAugmentPolicy.parse("rand-n1-m9-inc1"), RandAugment.Resampling.BICUBIC, 0);
        RawImage black = new RawImage(new byte[16], 4, 4, 1);
        int inverted = 0;
        for (int i = 0; i < 30_000; i++) {
            inverted += single.apply(black, stream(5, i)).pixels()[0] == (byte) 255 ? 1 : 0;
        }
        assertThat(inverted / 30_000.0).isCloseTo(1 / 30.0, within(0.004));
    }

    @Test
    void equalStreamsGiveEqualImagesAndTheInputStays() {
        byte[] pixels = new byte[20 * 24 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 31 + i / 7);
        }
        byte[] before = pixels.clone();
        RawImage image = new RawImage(pixels, 20, 24, 3);
        int changed = 0;
        for (int i = 0; i < 100; i++) {
            RawImage first = AUGMENT.apply(image, stream(6, i));
            assertThat(first.pixels())
                    .isEqualTo(AUGMENT.apply(image, stream(6, i)).pixels());
            assertThat(List.of(first.height(), first.width(), first.channels())).containsExactly(20, 24, 3);
            changed += Arrays.equals(first.pixels(), before) ? 0 : 1;
        }
        assertThat(pixels).isEqualTo(before);
        assertThat(changed).isBetween(55, 95);
    }

    private static RandomStream stream(long... keys) {
        return RandomStream.of(0, Purpose.AUGMENT, keys);
    }
}
