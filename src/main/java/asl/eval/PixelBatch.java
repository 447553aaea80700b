package asl.eval;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Images as numbers: {@code values} is [B, H, W, C], row-major, 0 black to 1 white, in the units before normalisation.
 * One or two channels show as grey (the first), more as colour (the first three).
 */
public final class PixelBatch {
    private final float[] values;
    private final int count;
    private final int height;
    private final int width;
    private final int channels;

    /** Keeps {@code values} without copying them. */
    public PixelBatch(float[] values, int count, int height, int width, int channels) {
        if (values.length != (long) count * height * width * channels) {
            throw new IllegalArgumentException("%d values are not %d images of %dx%d pixels and %d channels"
                    .formatted(values.length, count, height, width, channels));
        }
        this.values = values;
        this.count = count;
        this.height = height;
        this.width = width;
        this.channels = channels;
    }

    /** From bytes, 0 to 255. */
    public static PixelBatch ofBytes(byte[] values, int count, int height, int width, int channels) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = Byte.toUnsignedInt(values[i]) / 255f;
        }
        return new PixelBatch(scaled, count, height, width, channels);
    }

    /** One image, each pixel shown as {@code zoom} x {@code zoom}; values out of range are clipped. */
    public BufferedImage image(int index, int zoom) {
        BufferedImage image = new BufferedImage(width * zoom, height * zoom, BufferedImage.TYPE_INT_RGB);
        int[] line = new int[width * zoom];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                Arrays.fill(line, x * zoom, (x + 1) * zoom, rgb(index, y, x));
            }
            for (int repeat = 0; repeat < zoom; repeat++) {
                image.setRGB(0, y * zoom + repeat, line.length, 1, line, 0, line.length);
            }
        }
        return image;
    }

    private int rgb(int index, int y, int x) {
        int at = ((index * height + y) * width + x) * channels;
        int red = level(values[at]);
        if (channels < 3) {
            return red << 16 | red << 8 | red;
        }
        return red << 16 | level(values[at + 1]) << 8 | level(values[at + 2]);
    }

    private static int level(float value) {
        return Math.round(255 * Math.max(0, Math.min(1, value)));
    }

    /** Row-major, [B, H, W, C]. */
    float[] values() {
        return values;
    }

    public int count() {
        return count;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    public int channels() {
        return channels;
    }

    @Override
    public String toString() {
        return "%d images of %dx%d pixels and %d channels".formatted(count, height, width, channels);
    }
}
