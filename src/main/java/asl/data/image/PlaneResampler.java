package asl.data.image;

/**
 * Resamples one colour component: takes rows of the source from top to bottom as they are decoded, keeps only the few that
 * an unfinished output row still needs, and never holds the source as a whole.
 *
 * <p>Rows are weighted first, columns second, over the transposed rows, so that both are sums of whole rows. Pillow goes
 * the other way round and rounds to bytes in between; the results differ by a fraction of a level.
 */
final class PlaneResampler {
    /** Rows that are transposed at once: half a cache line of each column. */
    private static final int TILE = 8;

    private final Scratch scratch;
    private AxisWeights columns = AxisWeights.bicubic(0, 1, 0, 1, 1);
    private AxisWeights rows = columns;
    private int width;
    private int ringMask;
    /** The result, [output column][output row]. */
    private float[][] result = {};

    private int done;
    private int turnedRows;

    /** What components that are resampled one after the other can share, so that it stays in the processor's cache. */
    static final class Scratch {
        /** The newest rows of the source, [row & ringMask][source column]. */
        private float[][] ring = {};
        /** Output rows before their columns are weighted, those since {@link #turnedRows}: [row][source column]. */
        private float[][] tile = {};
        /** All of them, [source column][output row]. */
        private float[][] turned = {};
    }

    PlaneResampler(Scratch scratch) {
        this.scratch = scratch;
    }

    /** Prepares for another image. */
    void begin(AxisWeights newColumns, AxisWeights newRows) {
        columns = newColumns;
        rows = newRows;
        width = columns.end() - columns.first();
        int slots = Integer.highestOneBit(rows.longest()) << 1;
        scratch.ring = grow(scratch.ring, slots, width);
        scratch.tile = grow(scratch.tile, TILE, width);
        scratch.turned = grow(scratch.turned, width, rows.size());
        ringMask = slots - 1;
        result = grow(result, columns.size(), rows.size());
        done = 0;
        turnedRows = 0;
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
     * Takes the next row of the source; every row from {@link #firstRow} to {@link #endRow} must come, in order, before
     * the first row of the next component.
     *
     * @param samples 0 to 255, the first belonging to {@link #firstColumn}; free for other use after the call
     */
    void row(int y, float[] samples) {
        System.arraycopy(samples, 0, scratch.ring[y & ringMask], 0, width);
        WeightedRows newest = new WeightedRows(scratch.ring, ringMask);
        while (done < rows.size() && rows.end(done) <= y + 1) {
            newest.sum(rows.first(done), rows.weights(done), scratch.tile[done - turnedRows], width);
            done++;
            if (done - turnedRows == TILE) {
                turnTile();
            }
            if (done == rows.size()) {
                finish();
            }
        }
    }

    /** A full tile; written out, since a loop over its rows would reload every column's array for each of them. */
    private void turnTile() {
        float[] a = scratch.tile[0];
        float[] b = scratch.tile[1];
        float[] c = scratch.tile[2];
        float[] d = scratch.tile[3];
        float[] e = scratch.tile[4];
        float[] f = scratch.tile[5];
        float[] g = scratch.tile[6];
        float[] h = scratch.tile[7];
        int at = turnedRows;
        for (int x = 0; x < width; x++) {
            float[] column = scratch.turned[x];
            column[at] = a[x];
            column[at + 1] = b[x];
            column[at + 2] = c[x];
            column[at + 3] = d[x];
            column[at + 4] = e[x];
            column[at + 5] = f[x];
            column[at + 6] = g[x];
            column[at + 7] = h[x];
        }
        turnedRows = done;
    }

    private void finish() {
        for (int o = turnedRows; o < done; o++) {
            for (int x = 0; x < width; x++) {
                scratch.turned[x][o] = scratch.tile[o - turnedRows][x];
            }
        }
        turnedRows = done;
        WeightedRows all = new WeightedRows(scratch.turned, -1);
        for (int x = 0; x < columns.size(); x++) {
            all.sum(columns.first(x) - columns.first(), columns.weights(x), result[x], rows.size());
        }
    }

    /** The resampled component once all rows are in: [output column][output row], 0 to 255 and a little beyond. */
    float[][] result() {
        if (done < rows.size()) {
            throw new IllegalStateException(done + " of " + rows.size() + " rows");
        }
        return result;
    }
}
