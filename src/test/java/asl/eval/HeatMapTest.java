package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class HeatMapTest {
    private static final int DARK = 0x440154;
    private static final int BRIGHT = 0xfde725;
    private static final int MISSING = 0x999999;

    private static int rgb(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    @Test
    void fitsFromSmallestToLargestFiniteValue() {
        double[][] values = {{-2, 3, Double.NaN}, {0.5, Double.POSITIVE_INFINITY, -2}};
        HeatMap map = HeatMap.fitting(values);
        assertThat(map).isEqualTo(new HeatMap(-2, 3));
        BufferedImage image = map.draw(values, 4);
        assertThat(image.getWidth()).isEqualTo(12);
        assertThat(image.getHeight()).isEqualTo(8);
        assertThat(rgb(image, 3, 3)).isEqualTo(DARK);
        assertThat(rgb(image, 4, 0)).isEqualTo(BRIGHT);
        assertThat(rgb(image, 8, 0)).isEqualTo(MISSING);
        assertThat(rgb(image, 0, 4)).as("half way").isEqualTo(ColorScale.rgb(0.5));
        assertThat(rgb(image, 4, 4)).as("clipped").isEqualTo(BRIGHT);
    }

    @Test
    void equalValuesAreDrawn() {
        assertThat(rgb(HeatMap.fitting(new double[][] {{7}}).draw(new double[][] {{7}}, 1), 0, 0))
                .isEqualTo(DARK);
    }

    @Test
    void overlayCoversTheImageWithTheGrid() {
        BufferedImage white = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
        white.createGraphics().fillRect(0, 0, 30, 20);
        double[][] grid = {{0, 1, 0}, {1, 0, 1}};
        BufferedImage full = new HeatMap(0, 1).overlay(white, grid, 1);
        assertThat(rgb(full, 9, 9)).isEqualTo(DARK);
        assertThat(rgb(full, 10, 9)).isEqualTo(BRIGHT);
        assertThat(rgb(full, 29, 19)).isEqualTo(BRIGHT);
        assertThat(rgb(new HeatMap(0, 1).overlay(white, grid, 0), 9, 9)).isEqualTo(0xFFFFFF);
        assertThat(rgb(new HeatMap(0, 1).overlay(white, grid, 0.5), 0, 0)).isEqualTo(0xA280AA);
    }
}
