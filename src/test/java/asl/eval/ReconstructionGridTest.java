package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReconstructionGridTest {
    private static final int SIDE = 48;
    private static final int ZOOM = 2;
    private static final int GAP = 4;
    private static final int WHITE = 0xFFFFFF;
    private static final int BLACK = 0x000000;
    private static final int GREY = 0x808080;
    /** Of two images, 2 x 2 patches each: one keeps its upper left patch, the other its lower right one. */
    private static final float[] MASK = {0, 1, 1, 1, 1, 1, 1, 0};

    private static PixelBatch filled(float value, int channels) {
        float[] values = new float[2 * SIDE * SIDE * channels];
        Arrays.fill(values, value);
        return new PixelBatch(values, 2, SIDE, SIDE, channels);
    }

    /** The pixel in the middle of a patch, counted from the right so that the labels do not matter. */
    private static int pixel(BufferedImage grid, int row, int image, int patchY, int patchX) {
        int step = SIDE * ZOOM + GAP;
        int x = grid.getWidth() - (2 - image) * step + (SIDE * ZOOM / 4) * (2 * patchX + 1);
        int y = GAP + row * step + (SIDE * ZOOM / 4) * (2 * patchY + 1);
        return grid.getRGB(x, y) & WHITE;
    }

    @Test
    void rowsAreOriginalMaskedReconstructedAndBothTogether() {
        BufferedImage grid = new ReconstructionGrid(SIDE / 2).draw(filled(0, 3), filled(1.5f, 3), MASK);
        int[] visible = {0, 3};
        for (int image = 0; image < 2; image++) {
            for (int patch = 0; patch < 4; patch++) {
                boolean kept = patch == visible[image];
                int y = patch / 2;
                int x = patch % 2;
                assertThat(pixel(grid, 0, image, y, x)).isEqualTo(BLACK);
                assertThat(pixel(grid, 1, image, y, x)).isEqualTo(kept ? BLACK : GREY);
                assertThat(pixel(grid, 2, image, y, x)).as("clipped to white").isEqualTo(WHITE);
                assertThat(pixel(grid, 3, image, y, x)).isEqualTo(kept ? BLACK : WHITE);
            }
        }
    }

    @Test
    void drawsGreyAndManyChannels() {
        for (int channels : new int[] {1, 2, 5}) {
            BufferedImage grid = new ReconstructionGrid(SIDE / 2).draw(filled(1, channels), filled(0, channels), MASK);
            assertThat(pixel(grid, 0, 0, 0, 0)).as("%d channels", channels).isEqualTo(WHITE);
            assertThat(pixel(grid, 2, 1, 0, 0)).isEqualTo(BLACK);
        }
    }

    @Test
    void bytesAreScaledAndColoursInOrder() {
        byte[] values = {(byte) 255, 0, (byte) 128, 1, 2, 3};
        BufferedImage image = PixelBatch.ofBytes(values, 1, 1, 2, 3).image(0, 3);
        assertThat(image.getWidth()).isEqualTo(6);
        assertThat(image.getRGB(2, 2) & WHITE).isEqualTo(0xFF0080);
        assertThat(image.getRGB(3, 0) & WHITE).isEqualTo(0x010203);
    }

    @Test
    void arraysThatDoNotFitAreNamed() {
        assertThatThrownBy(() -> new ReconstructionGrid(SIDE / 2).draw(filled(0, 3), filled(0, 3), new float[7]))
                .hasMessageContaining("2 images of 48x48 pixels and 3 channels", "mask of 7");
        assertThatThrownBy(() -> new PixelBatch(new float[5], 1, 2, 2, 1)).hasMessageContaining("5 values");
    }
}
