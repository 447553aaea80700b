package asl.data.augment;

import asl.data.image.RawImage;

/**
 * Rotation, shear and translation as Pillow's {@code Image.transform} makes them: every output pixel's centre is mapped
 * back into the image; what comes from outside takes the fill colour, and neighbours past the border repeat it.
 */
final class AffineOps {
    /** How a value between pixels is read. */
    enum Filter {
        BILINEAR(0, 2),
        /** Pillow's cubic of the transform: a = -1, sharper than that of its resize. */
        BICUBIC(-1, 4);

        private final int first;
        private final int taps;

        Filter(int first, int taps) {
            this.first = first;
            this.taps = taps;
        }

        /**
         * The value at distance {@code d} in [0, 1) past tap 0, of the taps at {@code first, first + 1, ...}. Written in
         * differences, so that equal taps give exactly their value.
         */
        private double at(double[] v, double d) {
            return switch (this) {
                case BILINEAR -> v[0] + (v[1] - v[0]) * d;
                case BICUBIC -> {
                    double linear = v[2] - v[0];
                    double square = 2 * (v[0] - v[1]) + v[2] - v[3];
                    double cube = v[1] - v[0] + v[3] - v[2];
                    yield v[1] + d * (linear + d * (square + d * cube));
                }
            };
        }
    }

    private final Filter filter;
    private final byte[] fill;

    /** @param fill one value per channel */
    AffineOps(Filter filter, byte[] fill) {
        this.filter = filter;
        this.fill = fill;
    }

    /** Counter-clockwise about the centre. */
    RawImage rotate(RawImage image, double degrees) {
        double angle = -Math.toRadians(degrees);
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double centreX = image.width() / 2.0;
        double centreY = image.height() / 2.0;
        double shiftX = centreX - cos * centreX - sin * centreY;
        double shiftY = centreY + sin * centreX - cos * centreY;
        return transform(image, new double[] {cos, sin, shiftX, -sin, cos, shiftY});
    }

    RawImage shearX(RawImage image, double factor) {
        return transform(image, new double[] {1, factor, 0, 0, 1, 0});
    }

    RawImage shearY(RawImage image, double factor) {
        return transform(image, new double[] {1, 0, 0, factor, 1, 0});
    }

    /** By a share of the width; positive moves the content to the left. */
    RawImage translateX(RawImage image, double share) {
        return transform(image, new double[] {1, 0, share * image.width(), 0, 1, 0});
    }

    /** By a share of the height; positive moves the content up. */
    RawImage translateY(RawImage image, double share) {
        return transform(image, new double[] {1, 0, 0, 0, 1, share * image.height()});
    }

    /** @param matrix row by row, 2 x 3: from output to input positions in pixels */
    private RawImage transform(RawImage image, double[] matrix) {
        int channels = image.channels();
        byte[] out = new byte[image.pixels().length];
        Sampler sampler = new Sampler(image, filter);
        int at = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, at += channels) {
                double fromX = matrix[0] * (x + 0.5) + matrix[1] * (y + 0.5) + matrix[2];
                double fromY = matrix[3] * (x + 0.5) + matrix[4] * (y + 0.5) + matrix[5];
                if (fromX >= 0 && fromX < image.width() && fromY >= 0 && fromY < image.height()) {
                    sampler.read(fromX - 0.5, fromY - 0.5, out, at);
                } else {
                    System.arraycopy(fill, 0, out, at, channels);
                }
            }
        }
        return new RawImage(out, image.height(), image.width(), image.channels());
    }

    /** Reads an image between its pixels; one per transform, as it keeps scratch space. */
    private static final class Sampler {
        private final RawImage image;
        private final Filter filter;
        private final double[] line = new double[4];
        private final double[] lines = new double[4];
        private final int[] columns = new int[4];
        private final int[] rows = new int[4];

        Sampler(RawImage image, Filter filter) {
            this.image = image;
            this.filter = filter;
        }

        /** Writes all channels at (x, y), in pixel indices, to {@code out} from {@code at}. */
        void read(double x, double y, byte[] out, int at) {
            int left = (int) Math.floor(x);
            int top = (int) Math.floor(y);
            int channels = image.channels();
            for (int i = 0; i < filter.taps; i++) {
                columns[i] = clip(left + filter.first + i, image.width()) * channels;
                rows[i] = clip(top + filter.first + i, image.height()) * image.width() * channels;
            }
            byte[] in = image.pixels();
            for (int channel = 0; channel < channels; channel++) {
                for (int i = 0; i < filter.taps; i++) {
                    for (int j = 0; j < filter.taps; j++) {
                        line[j] = in[rows[i] + columns[j] + channel] & 0xff;
                    }
                    lines[i] = filter.at(line, x - left);
                }
                double value = filter.at(lines, y - top);
                out[at + channel] = (byte) (int) Math.max(0, Math.min(255, value));
            }
        }

        private static int clip(int index, int size) {
            return Math.max(0, Math.min(size - 1, index));
        }
    }
}
