package asl.model;

/** Fixed two-dimensional sine-cosine positions, as in MAE: the first half of the width tells the column, the other the row. */
public final class SinCosPositions {
    private static final double TEMPERATURE = 10000;

    private SinCosPositions() {}

    /**
     * The table of a grid of patches, row by row, with a row of zeros in front for [cls]: [1 + height * width, D].
     *
     * @param embedDim width of the tokens (D), divisible by 4
     */
    public static float[] table(int height, int width, int embedDim) {
        if (embedDim % 4 != 0) {
            throw new IllegalArgumentException("a width of " + embedDim + " is not divisible by 4");
        }
        float[] table = new float[(1 + height * width) * embedDim];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (1 + y * width + x) * embedDim;
                fill(table, at, x, embedDim / 2);
                fill(table, at + embedDim / 2, y, embedDim / 2);
            }
        }
        return table;
    }

    /** Sines, then cosines, of a place along one axis at {@code length / 2} frequencies. */
    private static void fill(float[] table, int at, int place, int length) {
        int half = length / 2;
        for (int i = 0; i < half; i++) {
            double angle = place * Math.pow(TEMPERATURE, -(double) i / half);
            table[at + i] = (float) Math.sin(angle);
            table[at + half + i] = (float) Math.cos(angle);
        }
    }
}
