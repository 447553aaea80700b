package asl.data.image;

/**
 * Resamples one colour component: takes rows of the source from top to bottom as they are decoded, keeps only the few
 * output rows still open, and never holds the source as a whole.
 *
 * <p>Rows are weighted first, columns second, over the transposed rows, so that every inner loop runs over two arrays
 * with one index: the form that HotSpot turns into SIMD instructions. Pillow goes the other way round and rounds to
 * bytes in between; the results differ by a fraction of a level.
 */
final class PlaneResampler {
    /** Rows that are transposed at once: one cache line of each column. */
    private static final int TILE = 16;

    private AxisWeights columns = AxisWeights.bicubic(0, 1, 0, 1, 1);
    private AxisWeights rows = columns;
    private int width;
    /** Open output rows, [row & ringMask][source column]. */
    private float[][] ring = {};

    private int ringMask;
    /** All output rows before their columns are weighted, [source column][output row]. */
    private float[][] turned = {};
    /** The result, [output column][output row]. */
    private float[][] result = {};

    private int open;
    private int done;
    private int flushed;

    /** Prepares for the rows of another image. */
    void begin(AxisWeights newColumns, AxisWeights newRows) {
        columns = newColumns;
        rows = newRows;
        width = columns.end() - columns.first();
        int slots = Integer.highestOneBit(rows.overlap() + TILE) << 1;
        ring = grow(ring, slots, width);
        ringMask = slots - 1;
        turned = grow(turned, width, rows.size());
        result = grow(result, columns.size(), rows.size());
        open = 0;
        done = 0;
        flushed = 0;
    }

    private static float[][] grow(float[][] old, int count, int length) {
        if (old.length >= count && old[0].length >= length) {
            return old;
        }
        return new float[Math.max(old.length, count)][Math.max(old.length == 0 ? 0 : old[0].length, length)];
    }

    /** The first column of the source that is needed. */
    int firstColumn() {
        return columns.first();
    }

    /** The column after the last one that is needed. */
    int endColumn() {
        return columns.end();
    }

    /** The first row of the source that is needed. */
    int firstRow() {
        return rows.first();
    }

    /** The row after the last one that is needed. */
    int endRow() {
        return rows.end();
    }

    /**
     * Takes the next row of the source; every row from {@link #firstRow} to {@link #endRow} must come, in order.
     *
     * @param samples 0 to 255, the first belonging to {@link #firstColumn}; free for other use after the call
     */
    void row(int y, float[] samples) {
        while (open < rows.size() && rows.first(open) <= y) {
            open++;
        }
        for (int o = done; o < open; o++) {
            int tap = y - rows.first(o);
            float weight = rows.weights(o)[tap];
            if (tap == 0) {
                scale(ring[o & ringMask], weight, samples, width);
            } else {
                addScaled(ring[o & ringMask], weight, samples, width);
            }
        }
        while (done < open && rows.end(done) <= y + 1) {
            done++;
        }
        while (done - flushed >= TILE) {
            turn(flushed, flushed + TILE);
            flushed += TILE;
        }
    }

    private void turn(int from, int to) {
        for (int o = from; o < to; o++) {
            float[] row = ring[o & ringMask];
            for (int x = 0; x < width; x++) {
                turned[x][o] = row[x];
            }
        }
    }

    /** The resampled component once all rows are in: [output column][output row], 0 to 255 and a little beyond. */
    float[][] finish() {
        turn(flushed, done);
        flushed = done;
        int height = rows.size();
        for (int x = 0; x < columns.size(); x++) {
            float[] weights = columns.weights(x);
            int first = columns.first(x) - columns.first();
            float[] sum = result[x];
            scale(sum, weights[0], turned[first], height);
            for (int k = 1; k < weights.length; k++) {
                addScaled(sum, weights[k], turned[first + k], height);
            }
        }
        return result;
    }

    private static void scale(float[] out, float weight, float[] in, int length) {
        for (int i = 0; i < length; i++) {
            out[i] = weight * in[i];
        }
    }

    private static void addScaled(float[] out, float weight, float[] in, int length) {
        for (int i = 0; i < length; i++) {
            out[i] += weight * in[i];
        }
    }
}
