package asl.data.image;

/**
 * Turns the planes of a decoder into a view: each is resampled at its own resolution, and colours are converted at the
 * size of the output. Resampling and conversion are linear, so the order matters only where values are clipped.
 */
final class ViewRenderer {
    /** ITU-R 601 luma of red, green, blue. */
    private static final float[] LUMA = {0.299f, 0.587f, 0.114f, 0};
    /** Red, green and blue of luma, Cb, Cr and a bias: chroma is centred on 128. */
    private static final float[] RED = {1, 0, 1.402f, -128 * 1.402f};

    private static final float[] GREEN = {1, -0.344136f, -0.714136f, 128 * (0.344136f + 0.714136f)};
    private static final float[] BLUE = {1, 1.772f, 0, -128 * 1.772f};

    private final PlaneResampler.Scratch scratch = new PlaneResampler.Scratch();
    private final PlaneResampler[] planes = {
        new PlaneResampler(scratch), new PlaneResampler(scratch), new PlaneResampler(scratch)
    };
    private CropView view = new CropView(CropBox.whole(1, 1), 1, 1, false, 1);
    private ColourModel colour = ColourModel.GREY;
    private float[] red = {};
    private float[] green = {};
    private float[] blue = {};

    /** Prepares for an image: {@code shapes} has the planes of the colour model, of which some may not be needed. */
    void begin(CropView newView, ColourModel newColour, PlaneShape... shapes) {
        view = newView;
        colour = newColour;
        if (red.length < view.height()) {
            red = new float[view.height()];
            green = new float[view.height()];
            blue = new float[view.height()];
        }
        AxisWeights columns = shapes[0].columns(view);
        AxisWeights rows = shapes[0].rows(view);
        for (int p = 0; p < planes(); p++) {
            if (p > 0 && !shapes[p].equals(shapes[p - 1])) {
                columns = shapes[p].columns(view);
                rows = shapes[p].rows(view);
            }
            planes[p].begin(columns, rows);
        }
    }

    /** Planes that must be fed. */
    int planes() {
        return colour.planesFor(view.channels());
    }

    PlaneResampler plane(int index) {
        return planes[index];
    }

    /** Writes the view as uint8 [height, width, channels] once every plane, one after the other, has had all its rows. */
    void write(byte[] out, int offset) {
        float[][] first = planes[0].result();
        float[][] second = planes() > 1 ? planes[1].result() : first;
        float[][] third = planes() > 1 ? planes[2].result() : first;
        ByteColumns columns = new ByteColumns(out, offset, view);
        for (int x = 0; x < view.width(); x++) {
            int from = view.flip() ? view.width() - 1 - x : x;
            float[] a = first[from];
            float[] b = second[from];
            float[] c = third[from];
            if (view.channels() == 1) {
                columns.store(x, colour == ColourModel.RGB ? mix(a, b, c, LUMA, red) : a);
            } else if (colour == ColourModel.YCBCR) {
                columns.store(x, mix(a, b, c, RED, red), mix(a, b, c, GREEN, green), mix(a, b, c, BLUE, blue));
            } else {
                columns.store(x, a, b, c);
            }
        }
    }

    /** sum = sum of weight * plane + bias; weights are those of the three planes and the bias. */
    private float[] mix(float[] a, float[] b, float[] c, float[] weights, float[] sum) {
        float wa = weights[0];
        float wb = weights[1];
        float wc = weights[2];
        float bias = weights[3];
        int height = view.height();
        for (int y = 0; y < height; y++) {
            sum[y] = wa * a[y] + wb * b[y] + wc * c[y] + bias;
        }
        return sum;
    }
}
