package asl.eval;

/** Viridis, a colour scale that is even to the eye, in grey print and for the colour-blind; ten of its colours, blended. */
final class ColorScale {
    private static final int[] COLORS = {
        0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725
    };
    private static final int MISSING = 0x999999;

    private ColorScale() {}

    /** The colour of a value from 0 to 1, clipped; grey for one that is not a number. */
    static int rgb(double value) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        double position = Math.max(0, Math.min(1, value)) * (COLORS.length - 1);
        int below = Math.min((int) position, COLORS.length - 2);
        return blend(COLORS[below], COLORS[below + 1], position - below);
    }

    /** The colour that lies {@code share} of the way from {@code from} to {@code to}. */
    static int blend(int from, int to, double share) {
        int mixed = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int low = (from >> shift) & 0xFF;
            int high = (to >> shift) & 0xFF;
            mixed |= (int) Math.round(low + share * (high - low)) << shift;
        }
        return mixed;
    }
}
