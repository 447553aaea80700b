package asl.train;

/**
 * A trained linear head on the host, its batch norm folded in, so that it applies to features as they are: C classes, D
 * width.
 *
 * @param weight [C, D], rows first
 * @param bias [C]
 */
@SuppressWarnings("ArrayRecordComponent") // a snapshot, never compared
public record LinearHead(float[] weight, float[] bias) {
    /** Epsilon of the batch norm before the head (MAE). */
    private static final double EPS = 1e-6;

    /**
     * Folds a batch norm without affine into the linear layer behind it.
     *
     * @param mean running mean of the features [D]
     * @param var running variance [D]
     */
    static LinearHead folded(float[] weight, float[] bias, float[] mean, float[] var) {
        int width = mean.length;
        float[] scaled = new float[weight.length];
        float[] shifted = new float[bias.length];
        for (int c = 0; c < bias.length; c++) {
            double shift = bias[c];
            for (int d = 0; d < width; d++) {
                double value = weight[c * width + d] / Math.sqrt(var[d] + EPS);
                scaled[c * width + d] = (float) value;
                shift -= value * mean[d];
            }
            shifted[c] = (float) shift;
        }
        return new LinearHead(scaled, shifted);
    }
}
