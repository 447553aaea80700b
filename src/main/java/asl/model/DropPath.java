package asl.model;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;

/**
 * Stochastic depth (Huang et al. 2016) per sample: which residual branches an image skips in training. The rate grows
 * linearly from 0 at the first block to {@code rate} at the last, as in timm, and what stays is scaled up by 1 / (1 - rate
 * of the block).
 *
 * @param blocks depth of the encoder (L)
 * @param rate of the last block, 0 to under 1
 */
public record DropPath(int blocks, double rate) {
    public DropPath {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("drop path " + rate + " is not between 0 and 1");
        }
    }

    /** Whether nothing is ever dropped. */
    public boolean off() {
        return rate == 0;
    }

    /** Rate of block {@code index}. */
    double rate(int index) {
        return blocks == 1 ? 0 : rate * index / (blocks - 1);
    }

    /**
     * Scales of the attention and the MLP branch of every block, 0 where dropped: [2L, B], rows first. They depend on the
     * seed, the epoch and the image alone, not on the batch that it comes in.
     *
     * @param samples indices of the images in their data set
     */
    public float[] draw(long seed, int epoch, long... samples) {
        float[] scales = new float[2 * blocks * samples.length];
        for (int i = 0; i < samples.length; i++) {
            RandomStream random = RandomStream.of(seed, Purpose.DROP_PATH, epoch, samples[i]);
            for (int branch = 0; branch < 2 * blocks; branch++) {
                double dropped = rate(branch / 2);
                boolean keep = random.nextDouble() >= dropped;
                scales[branch * samples.length + i] = keep ? (float) (1 / (1 - dropped)) : 0;
            }
        }
        return scales;
    }
}
