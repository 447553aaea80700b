package asl.data.image;

/**
 * For every output position along one axis the source samples it sees and their weights: Pillow's bicubic filter
 * (a = -0.5), stretched by the scale when shrinking, which is its antialiasing.
 *
 * <p>Both ends of the windows never decrease from one output position to the next.
 */
final class AxisWeights {
    private static final double A = -0.5;
    private static final double SUPPORT = 2;

    private final int[] first;
    private final int[] count;
    private final float[][] weights;

    private AxisWeights(int size) {
        first = new int[size];
        count = new int[size];
        weights = new float[size][];
    }

    /**
     * Weights that map the interval {@code [start, start + length)} of the source onto {@code size} positions; samples
     * below {@code low} or at and above {@code high} count as absent and the others share their weight.
     */
    static AxisWeights bicubic(double start, double length, int low, int high, int size) {
        AxisWeights axis = new AxisWeights(size);
        double scale = length / size;
        double stretch = Math.max(scale, 1);
        double support = SUPPORT * stretch;
        for (int i = 0; i < size; i++) {
            double center = start + (i + 0.5) * scale;
            int from = Math.min(high - 1, Math.max(low, (int) (center - support + 0.5)));
            int to = Math.max(from + 1, Math.min(high, (int) (center + support + 0.5)));
            axis.first[i] = from;
            axis.count[i] = to - from;
            axis.weights[i] = window(from - center + 0.5, 1 / stretch, to - from);
        }
        return axis;
    }

    private static float[] window(double firstDistance, double shrink, int taps) {
        double[] raw = new double[taps];
        double sum = 0;
        for (int k = 0; k < taps; k++) {
            raw[k] = cubic((k + firstDistance) * shrink);
            sum += raw[k];
        }
        float[] window = new float[taps];
        double share = 1 / sum;
        for (int k = 0; k < taps; k++) {
            window[k] = (float) (sum == 0 ? 1.0 / taps : raw[k] * share);
        }
        return window;
    }

    /** Keys' cubic convolution kernel; zero from distance 2 on. */
    private static double cubic(double distance) {
        double x = Math.abs(distance);
        if (x < 1) {
            return ((A + 2) * x - (A + 3)) * x * x + 1;
        }
        if (x < 2) {
            return (((x - 5) * x + 8) * x - 4) * A;
        }
        return 0;
    }

    /** Number of output positions. */
    int size() {
        return first.length;
    }

    /** The first source sample that the output position sees. */
    int first(int position) {
        return first[position];
    }

    /** The source sample after the last one that the output position sees. */
    int end(int position) {
        return first[position] + count[position];
    }

    /** The weights of the samples {@code first(position)} and on. */
    float[] weights(int position) {
        return weights[position];
    }

    /** The first source sample that any position sees. */
    int first() {
        return first[0];
    }

    /** The source sample after the last one that any position sees. */
    int end() {
        return end(size() - 1);
    }

    /** Samples that one output position sees, at most. */
    int longest() {
        int most = 0;
        for (int samples : count) {
            most = Math.max(most, samples);
        }
        return most;
    }
}
