package asl.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import asl.data.image.RawImage;
import org.junit.jupiter.api.Test;

/** Every operation against the values that Pillow 9.4 gives for the same small images. */
class PillowOpsTest {
    private static final RawImage GREY = grey();
    private static final RawImage RGB = image(2, 2, 3, 200, 30, 90, 10, 250, 60, 128, 128, 128, 0, 0, 255);
    private static final byte[] FILL = {7};
    private static final AffineOps BILINEAR = new AffineOps(AffineOps.Filter.BILINEAR, FILL);
    private static final AffineOps BICUBIC = new AffineOps(AffineOps.Filter.BICUBIC, FILL);

    @Test
    void autoContrast() {
        assertThat(values(PointOps.autoContrast(GREY)))
                .containsExactly(
                        0, 78, 157, 236, 48, 49, 137, 225, 46, 134, 98, 196, 26, 124, 221, 148, 255, 94, 201, 41);
    }

    @Test
    void autoContrastLeavesAConstantImage() {
        RawImage flat = image(1, 3, 1, 9, 9, 9);
        assertThat(values(PointOps.autoContrast(flat))).containsExactly(9, 9, 9);
    }

    @Test
    void equalize() {
        int[] ramp = new int[32 * 32];
        for (int i = 0; i < ramp.length; i++) {
            int x = i % 32;
            ramp[i] = (x * x + 3 * (i / 32)) / 8;
        }
        int[] equalized = values(PointOps.equalize(image(32, 32, 1, ramp)));
        int[] diagonal = new int[32];
        for (int i = 0; i < 32; i++) {
            diagonal[i] = equalized[33 * i];
        }
        assertThat(diagonal)
                .containsExactly(
                        0, 0, 2, 5, 8, 16, 21, 32, 50, 63, 75, 86, 95, 105, 113, 122, 132, 140, 149, 158, 166, 175, 182,
                        191, 200, 208, 217, 225, 233, 242, 249, 255);
    }

    @Test
    void tablesOfOneValue() {
        RawImage levels = image(1, 5, 1, 0, 100, 127, 128, 255);
        assertThat(values(PointOps.invert(levels))).containsExactly(255, 155, 128, 127, 0);
        assertThat(values(PointOps.posterize(levels, 2))).containsExactly(0, 64, 64, 128, 192);
        assertThat(values(PointOps.posterize(levels, 0))).containsOnly(0);
        assertThat(values(PointOps.solarize(levels, 128))).containsExactly(0, 100, 127, 127, 0);
        assertThat(values(PointOps.solarize(levels, 256))).containsExactly(0, 100, 127, 128, 255);
        assertThat(values(PointOps.solarizeAdd(levels, 110))).containsExactly(110, 210, 237, 128, 255);
    }

    @Test
    void sharpness() {
        assertThat(values(EnhanceOps.sharpness(GREY, 1.9f)))
                .containsExactly(
                        20, 79, 138, 197, 56, 57, 136, 230, 13, 121, 94, 194, 0, 113, 186, 131, 211, 91, 171, 51);
        assertThat(values(EnhanceOps.sharpness(GREY, 0.1f)))
                .containsExactly(
                        20, 79, 138, 197, 56, 57, 109, 147, 96, 121, 94, 139, 95, 113, 186, 131, 211, 91, 171, 51);
    }

    @Test
    void contrastAndBrightness() {
        assertThat(values(EnhanceOps.contrast(GREY, 1.5f)))
                .containsExactly(
                        0, 61, 149, 238, 26, 28, 127, 226, 25, 124, 83, 193, 2, 112, 221, 139, 255, 79, 199, 19);
        assertThat(values(EnhanceOps.contrast(RGB, 0.55f)))
                .containsExactly(155, 61, 94, 50, 182, 78, 115, 115, 115, 45, 45, 185);
        assertThat(values(EnhanceOps.brightness(GREY, 1.7f)))
                .containsExactly(
                        34, 134, 234, 255, 95, 96, 209, 255, 93, 205, 159, 255, 68, 192, 255, 222, 255, 154, 255, 86);
    }

    @Test
    void color() {
        assertThat(values(EnhanceOps.color(RGB, 0.19f)))
                .containsExactly(109, 76, 88, 129, 174, 138, 128, 128, 128, 23, 23, 71);
        assertThat(values(EnhanceOps.color(RGB, 1.81f)))
                .containsExactly(255, 0, 91, 0, 255, 0, 128, 128, 128, 0, 0, 255);
        assertThat(EnhanceOps.color(GREY, 0.5f)).isSameAs(GREY);
    }

    @Test
    void rotate() {
        assertThat(values(BICUBIC.rotate(GREY, 13.5)))
                .containsExactly(
                        32, 96, 177, 126, 75, 43, 129, 176, 48, 183, 72, 151, 50, 112, 138, 105, 195, 125, 158, 99);
        assertThat(values(BILINEAR.rotate(GREY, 13.5)))
                .containsExactly(
                        43, 101, 157, 130, 89, 51, 122, 171, 75, 152, 76, 149, 56, 114, 127, 112, 173, 131, 140, 99);
    }

    @Test
    void shear() {
        assertThat(values(BICUBIC.shearX(GREY, 0.3)))
                .containsExactly(27, 93, 155, 182, 40, 79, 176, 130, 66, 129, 166, 64, 78, 171, 7, 208, 89, 168, 45, 7);
        assertThat(values(BILINEAR.shearY(GREY, -0.3)))
                .containsExactly(20, 79, 7, 7, 7, 51, 103, 150, 197, 56, 88, 147, 151, 62, 98, 125, 191, 52, 110, 163);
    }

    @Test
    void translate() {
        assertThat(values(BICUBIC.translateX(GREY, 0.45)))
                .containsExactly(167, 170, 36, 7, 7, 161, 52, 130, 7, 7, 36, 141, 196, 7, 7, 99, 152, 34, 7, 7);
        assertThat(values(BILINEAR.translateY(GREY, -0.45)))
                .containsExactly(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 27, 87, 148, 168, 69, 64, 131, 159, 66, 134);
    }

    private static RawImage grey() {
        int[] values = new int[20];
        for (int i = 0; i < values.length; i++) {
            int y = i / 5;
            int x = i % 5;
            values[i] = (37 * y + 59 * x + 7 * y * x) % 200 + 20;
        }
        return image(4, 5, 1, values);
    }

    private static RawImage image(int height, int width, int channels, int... values) {
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            pixels[i] = (byte) values[i];
        }
        return new RawImage(pixels, height, width, channels);
    }

    private static int[] values(RawImage image) {
        int[] values = new int[image.pixels().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = image.pixels()[i] & 0xff;
        }
        return values;
    }
}
