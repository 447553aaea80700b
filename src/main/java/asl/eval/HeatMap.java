package asl.eval;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * Values as colours, dark for {@code min} to bright for {@code max}: a matrix (token similarity), or a grid over the
 * patches of an image (attention, similarity to one token).
 */
public record HeatMap(double min, double max) {

    /** A map whose ends are the smallest and the largest finite value. */
    public static HeatMap fitting(double[][] values) {
        double min = finite(values).min().orElse(0);
        double max = finite(values).max().orElse(1);
        return new HeatMap(min, max);
    }

    /** Draws [rows][columns], each value a square of {@code cell} pixels. */
    public BufferedImage draw(double[][] values, int cell) {
        BufferedImage image =
                new BufferedImage(values[0].length * cell, values.length * cell, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, color(values[y / cell][x / cell]));
            }
        }
        return image;
    }

    /** Lays a grid of values, [rows][columns], over an image; {@code opacity} from 0 (image only) to 1 (colours only). */
    public BufferedImage overlay(BufferedImage image, double[][] values, double opacity) {
        int width = image.getWidth();
        int height = image.getHeight();
        BufferedImage mixed = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            double[] row = values[y * values.length / height];
            for (int x = 0; x < width; x++) {
                mixed.setRGB(x, y, ColorScale.blend(image.getRGB(x, y), color(row[x * row.length / width]), opacity));
            }
        }
        return mixed;
    }

    private int color(double value) {
        // A map of one value only: everything is at its lower end.
        return ColorScale.rgb(max > min ? (value - min) / (max - min) : value - min);
    }

    private static DoubleStream finite(double[][] values) {
        return Arrays.stream(values).flatMapToDouble(Arrays::stream).filter(Double::isFinite);
    }
}
