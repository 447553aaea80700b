package asl.data.image;

/** Copies rows of unsigned bytes to float rows. */
final class SampleRows {
    private SampleRows() {}

    /** The values of unsigned bytes: looking them up takes less time than converting each. */
    private static final float[] VALUE = new float[256];

    static {
        for (int value = 0; value < VALUE.length; value++) {
            VALUE[value] = value;
        }
    }

    /** {@code out[i] = in[at + i * step]} for i below count. */
    static void copy(byte[] in, int at, int step, float[] out, int count) {
        int from = at;
        for (int i = 0; i < count; i++) {
            out[i] = VALUE[in[from] & 0xff];
            from += step;
        }
    }
}
