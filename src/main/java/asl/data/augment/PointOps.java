package asl.data.augment;

import asl.data.image.RawImage;

/** Operations that map each pixel value by a table of 256 entries (Pillow's {@code ImageOps}). */
final class PointOps {
    private static final int LEVELS = 256;

    private PointOps() {}

    /** Stretches each channel so that its darkest value becomes 0 and its brightest 255. */
    static RawImage autoContrast(RawImage image) {
        return perChannel(image, PointOps::autoContrastTable);
    }

    /** Flattens the histogram of each channel. */
    static RawImage equalize(RawImage image) {
        return perChannel(image, PointOps::equalizeTable);
    }

    static RawImage invert(RawImage image) {
        return map(image, value -> 255 - value);
    }

    /** Keeps the highest {@code bits} bits (0 to 8) of every value. */
    static RawImage posterize(RawImage image, int bits) {
        int mask = -(1 << (8 - bits));
        return map(image, value -> value & mask);
    }

    /** Inverts values at or above the threshold (0 to 256). */
    static RawImage solarize(RawImage image, int threshold) {
        return map(image, value -> value < threshold ? value : 255 - value);
    }

    /** Adds to values under 128. */
    static RawImage solarizeAdd(RawImage image, int add) {
        return map(image, value -> value < 128 ? Math.min(255, value + add) : value);
    }

    private static byte[] autoContrastTable(int[] histogram) {
        int low = 0;
        while (low < LEVELS - 1 && histogram[low] == 0) {
            low++;
        }
        int high = LEVELS - 1;
        while (high > 0 && histogram[high] == 0) {
            high--;
        }
        if (high <= low) {
            return table(value -> value);
        }
        double scale = 255.0 / (high - low);
        double offset = -low * scale;
        return table(value -> clip((int) (value * scale + offset)));
    }

    private static byte[] equalizeTable(int[] histogram) {
        int total = 0;
        int used = 0;
        int brightest = 0;
        for (int count : histogram) {
            if (count > 0) {
                total += count;
                used++;
                brightest = count;
            }
        }
        int step = (total - brightest) / 255;
        if (used <= 1 || step == 0) {
            return table(value -> value);
        }
        byte[] table = new byte[LEVELS];
        int below = step / 2;
        for (int value = 0; value < LEVELS; value++) {
            table[value] = (byte) clip(below / step);
            below += histogram[value];
        }
        return table;
    }

    private static int clip(int value) {
        return Math.max(0, Math.min(255, value));
    }

    private static RawImage map(RawImage image, ValueMap map) {
        byte[] table = table(map);
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        for (int i = 0; i < in.length; i++) {
            out[i] = table[in[i] & 0xff];
        }
        return new RawImage(out, image.height(), image.width(), image.channels());
    }

    private static RawImage perChannel(RawImage image, TableMaker maker) {
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        int channels = image.channels();
        for (int channel = 0; channel < channels; channel++) {
            int[] histogram = new int[LEVELS];
            for (int i = channel; i < in.length; i += channels) {
                histogram[in[i] & 0xff]++;
            }
            byte[] table = maker.table(histogram);
            for (int i = channel; i < in.length; i += channels) {
                out[i] = table[in[i] & 0xff];
            }
        }
        return new RawImage(out, image.height(), image.width(), image.channels());
    }

    private static byte[] table(ValueMap map) {
        byte[] table = new byte[LEVELS];
        for (int value = 0; value < LEVELS; value++) {
            table[value] = (byte) map.apply(value);
        }
        return table;
    }

    /** From 0..255 to 0..255. */
    private interface ValueMap {
        int apply(int value);
    }

    /** Makes a table of a channel's histogram. */
    private interface TableMaker {
        byte[] table(int[] histogram);
    }
}
