package asl.model;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.List;

/** The dropout masks of DLE (Fig. 3 a): each branch drops other entries of the patch embedding, as SimCSE's two passes do. */
public final class EmbeddingDropout {
    private EmbeddingDropout() {}

    /**
     * Masks [2B, V * D], the original branch first; each entry is 0 with probability {@code rate}, else 1 / (1 - rate).
     *
     * @param entries V * D
     * @param samples indices of the images in their data set
     */
    public static float[] draw(long seed, int epoch, double rate, int entries, List<Long> samples) {
        float[] masks = new float[2 * samples.size() * entries];
        float kept = (float) (1 / (1 - rate));
        for (int branch = 0; branch < 2; branch++) {
            for (int b = 0; b < samples.size(); b++) {
                RandomStream random = RandomStream.of(seed, Purpose.DROPOUT, epoch, samples.get(b), branch);
                int at = (branch * samples.size() + b) * entries;
                for (int i = 0; i < entries; i++) {
                    masks[at + i] = random.nextFloat() < rate ? 0 : kept;
                }
            }
        }
        return masks;
    }
}
