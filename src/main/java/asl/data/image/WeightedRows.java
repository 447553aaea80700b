package asl.data.image;

import java.util.Arrays;

/**
 * Sums of weighted rows. Up to four rows go into one loop, all with one index: the form that HotSpot turns into SIMD
 * instructions, and which stores each sum once for four rows.
 */
final class WeightedRows {
    private final float[][] rows;
    private final int mask;

    /**
     * Rows to sum.
     *
     * @param mask row i is {@code rows[i & mask]}: -1, or one less than a ring's power of two
     */
    WeightedRows(float[][] rows, int mask) {
        this.rows = rows;
        this.mask = mask;
    }

    /** {@code out[i]} = sum over k of {@code weights[k] * row[first + k][i]}, for i below length. */
    void sum(int first, float[] weights, float[] out, int length) {
        int taps = weights.length;
        int k = 0;
        if (taps >= 4) {
            set(first, weights, out, length);
            k = 4;
        } else {
            Arrays.fill(out, 0, length, 0);
        }
        while (taps - k >= 4) {
            addFour(first, k, weights, out, length);
            k += 4;
        }
        if (taps - k >= 2) {
            addTwo(first, k, weights, out, length);
            k += 2;
        }
        if (k < taps) {
            addOne(row(first + k), weights[k], out, length);
        }
    }

    private float[] row(int index) {
        return rows[index & mask];
    }

    private void set(int first, float[] weights, float[] out, int length) {
        float[] a = row(first);
        float[] b = row(first + 1);
        float[] c = row(first + 2);
        float[] d = row(first + 3);
        float wa = weights[0];
        float wb = weights[1];
        float wc = weights[2];
        float wd = weights[3];
        for (int i = 0; i < length; i++) {
            out[i] = wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
        }
    }

    private void addFour(int first, int k, float[] weights, float[] out, int length) {
        float[] a = row(first + k);
        float[] b = row(first + k + 1);
        float[] c = row(first + k + 2);
        float[] d = row(first + k + 3);
        float wa = weights[k];
        float wb = weights[k + 1];
        float wc = weights[k + 2];
        float wd = weights[k + 3];
        for (int i = 0; i < length; i++) {
            out[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
        }
    }

    private void addTwo(int first, int k, float[] weights, float[] out, int length) {
        float[] a = row(first + k);
        float[] b = row(first + k + 1);
        float wa = weights[k];
        float wb = weights[k + 1];
        for (int i = 0; i < length; i++) {
            out[i] += wa * a[i] + wb * b[i];
        }
    }

    private static void addOne(float[] row, float weight, float[] out, int length) {
        for (int i = 0; i < length; i++) {
            out[i] += weight * row[i];
        }
    }
}
