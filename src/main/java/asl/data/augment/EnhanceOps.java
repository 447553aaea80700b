package asl.data.augment;

import asl.data.image.RawImage;
import java.util.Arrays;

/**
 * Operations that blend an image with a poorer copy of itself (Pillow's {@code ImageEnhance}): factor 0 gives the copy,
 * 1 the image, above 1 moves away from the copy.
 */
final class EnhanceOps {
    private EnhanceOps() {}

    /** Against the grey image; grey images have no colour to change. */
    static RawImage color(RawImage image, float factor) {
        if (image.channels() == 1) {
            return image;
        }
        byte[] luma = luma(image);
        byte[] grey = new byte[image.pixels().length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = luma[i / 3];
        }
        return blend(grey, image, factor);
    }

    /** Against the mean grey. */
    static RawImage contrast(RawImage image, float factor) {
        byte[] luma = luma(image);
        long sum = 0;
        for (byte value : luma) {
            sum += value & 0xff;
        }
        byte[] mean = new byte[image.pixels().length];
        Arrays.fill(mean, (byte) (int) ((double) sum / luma.length + 0.5));
        return blend(mean, image, factor);
    }

    /** Against black. */
    static RawImage brightness(RawImage image, float factor) {
        return blend(new byte[image.pixels().length], image, factor);
    }

    /** Against the smoothed image. */
    static RawImage sharpness(RawImage image, float factor) {
        return blend(smooth(image), image, factor);
    }

    /** A 3 x 3 mean in which the centre counts five times; the outermost pixels stay as they are. */
    static byte[] smooth(RawImage image) {
        byte[] in = image.pixels();
        byte[] out = in.clone();
        int step = image.channels();
        int row = image.width() * step;
        float edge = 1 / 13f;
        float centre = 5 / 13f;
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * row + step; i < (y + 1) * row - step; i++) {
                float sum = 0.5f;
                sum += around(in, i + row, step, edge, edge);
                sum += around(in, i, step, edge, centre);
                sum += around(in, i - row, step, edge, edge);
                out[i] = (byte) (int) Math.min(255, sum);
            }
        }
        return out;
    }

    private static float around(byte[] in, int i, int step, float side, float middle) {
        return (in[i - step] & 0xff) * side + (in[i] & 0xff) * middle + (in[i + step] & 0xff) * side;
    }

    /** One byte per pixel: ITU-R 601 luma in 16-bit fixed point. */
    private static byte[] luma(RawImage image) {
        byte[] in = image.pixels();
        if (image.channels() == 1) {
            return in;
        }
        byte[] out = new byte[in.length / 3];
        for (int i = 0; i < out.length; i++) {
            int at = 3 * i;
            int weighted = (in[at] & 0xff) * 19595 + (in[at + 1] & 0xff) * 38470 + (in[at + 2] & 0xff) * 7471;
            out[i] = (byte) ((weighted + 0x8000) >> 16);
        }
        return out;
    }

    private static RawImage blend(byte[] poorer, RawImage image, float factor) {
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        for (int i = 0; i < in.length; i++) {
            int from = poorer[i] & 0xff;
            float value = from + factor * ((in[i] & 0xff) - from);
            out[i] = (byte) (int) Math.max(0, Math.min(255, value));
        }
        return new RawImage(out, image.height(), image.width(), image.channels());
    }
}
