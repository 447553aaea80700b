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

    private final PlaneResampler[] planes = {new PlaneResampler(), new PlaneResampler(), new PlaneResampler()};
    private CropView view = new CropView(CropBox.whole(1, 1), 1, 1, false, 1);
    private ColourModel colour = ColourModel.GREY;
    private float[] column = {};

    /** Prepares for an image: {@code shapes} has the planes of the colour model, of which some may not be needed. */
    void begin(CropView newView, ColourModel newColour, PlaneShape... shapes) {
        view = newView;
        colour = newColour;
        if (column.length < view.height()) {
            column = new float[view.height()];
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

    /** Writes the view as uint8 [height, width, channels] once every plane has all its rows. */
    void write(byte[] out, int offset) {
        float[][] first = planes[0].finish();
        float[][] second = planes() > 1 ? planes[1].finish() : first;
        float[][] third = planes() > 1 ? planes[2].finish() : first;
        for (int x = 0; x < view.width(); x++) {
            int at = offset + (view.flip() ? view.width() - 1 - x : x) * view.channels();
            switch (colour) {
                case GREY -> storeGrey(first[x], out, at);
                case RGB -> storeRgb(first[x], second[x], third[x], out, at);
                case YCBCR -> storeYcbcr(first[x], second[x], third[x], out, at);
            }
        }
    }

    private void storeGrey(float[] luma, byte[] out, int at) {
        for (int c = 0; c < view.channels(); c++) {
            store(luma, out, at + c);
        }
    }

    private void storeRgb(float[] red, float[] green, float[] blue, byte[] out, int at) {
        if (view.channels() == 1) {
            mix(red, green, blue, LUMA);
            store(column, out, at);
            return;
        }
        store(red, out, at);
        store(green, out, at + 1);
        store(blue, out, at + 2);
    }

    private void storeYcbcr(float[] luma, float[] cb, float[] cr, byte[] out, int at) {
        if (view.channels() == 1) {
            store(luma, out, at);
            return;
        }
        mix(luma, cb, cr, RED);
        store(column, out, at);
        mix(luma, cb, cr, GREEN);
        store(column, out, at + 1);
        mix(luma, cb, cr, BLUE);
        store(column, out, at + 2);
    }

    /** column = sum of weight * plane + bias; weights are those of the three planes and the bias. */
    private void mix(float[] a, float[] b, float[] c, float[] weights) {
        float[] sum = column;
        float wa = weights[0];
        float wb = weights[1];
        float wc = weights[2];
        float bias = weights[3];
        int height = view.height();
        for (int y = 0; y < height; y++) {
            sum[y] = wa * a[y] + wb * b[y] + wc * c[y] + bias;
        }
    }

    private void store(float[] values, byte[] out, int at) {
        int step = view.width() * view.channels();
        int height = view.height();
        int position = at;
        for (int y = 0; y < height; y++) {
            int level = (int) (values[y] + 0.5f);
            out[position] = (byte) Math.max(0, Math.min(255, level));
            position += step;
        }
    }
}
