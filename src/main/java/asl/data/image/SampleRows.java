package asl.data.image;

/** Copies rows of unsigned bytes to float rows. */
final class SampleRows {
    private SampleRows() {}

    /** {@code out[i] = in[at + i * step]} for i below count. */
    static void copy(byte[] in, int at, int step, float[] out, int count) {
        int from = at;
        for (int i = 0; i < count; i++) {
            out[i] = in[from] & 0xff;
            from += step;
        }
    }
}
