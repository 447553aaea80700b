package asl.model;

/**
 * Fits a table of positions to another grid of patches by bicubic interpolation, as MAE's fine-tuning does: PyTorch's
 * {@code interpolate(mode="bicubic", align_corners=False)}, a = -0.75, without antialiasing. The rows of extra tokens
 * ([cls]) in front of the patches are kept.
 */
public final class PositionInterpolation {
    private static final double A = -0.75;

    private PositionInterpolation() {}

    /** Rows and columns of patches. */
    public record Grid(int height, int width) {
        int patches() {
            return height * width;
        }
    }

    /**
     * The table for another grid; a copy where the grids are equal.
     *
     * @param table [extra + patches of {@code from}, width], rows first
     * @param width length of a position (D)
     * @throws IllegalArgumentException if the table is too short for its grid
     */
    public static float[] fit(float[] table, int width, Grid from, Grid to) {
        int extra = table.length / width - from.patches();
        if (extra < 0 || table.length % width != 0) {
            throw new IllegalArgumentException(table.length / width + " positions are too few for a grid of "
                    + from.height() + " x " + from.width() + " patches");
        }
        if (from.equals(to)) {
            return table.clone();
        }
        float[] fitted = new float[(extra + to.patches()) * width];
        System.arraycopy(table, 0, fitted, 0, extra * width);
        Taps rows = new Taps(from.height(), to.height());
        Taps columns = new Taps(from.width(), to.width());
        int offset = extra * width;
        for (int y = 0; y < to.height(); y++) {
            for (int x = 0; x < to.width(); x++) {
                int at = offset + (y * to.width() + x) * width;
                for (int i = 0; i < 16; i++) {
                    double weight = rows.weight[y][i / 4] * columns.weight[x][i % 4];
                    int source = offset + (rows.index[y][i / 4] * from.width() + columns.index[x][i % 4]) * width;
                    for (int d = 0; d < width; d++) {
                        fitted[at + d] += (float) (weight * table[source + d]);
                    }
                }
            }
        }
        return fitted;
    }

    /** For each place along one axis of the new grid, the four places of the old that it reads, and their weights. */
    private static final class Taps {
        private final int[][] index;
        private final double[][] weight;

        Taps(int from, int to) {
            index = new int[to][4];
            weight = new double[to][4];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * from / to - 0.5;
                int left = (int) Math.floor(centre);
                for (int tap = 0; tap < 4; tap++) {
                    int place = left - 1 + tap;
                    index[i][tap] = Math.max(0, Math.min(from - 1, place));
                    weight[i][tap] = cubic(Math.abs(centre - place));
                }
            }
        }

        /** Keys' cubic kernel at a distance of 0 to 2. */
        private static double cubic(double x) {
            if (x <= 1) {
                return ((A + 2) * x - (A + 3)) * x * x + 1;
            }
            return x < 2 ? ((x - 5) * x + 8) * x * A - 4 * A : 0;
        }
    }
}
