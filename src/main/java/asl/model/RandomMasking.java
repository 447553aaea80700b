package asl.model;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which patches are visible: per image a shuffle of its N patches, of which the first V stay (MAE's random masking). */
public final class RandomMasking {
    private RandomMasking() {}

    /**
     * Shuffles [B, N], rows first; that of an image depends on the seed, the epoch and the image alone.
     *
     * @param samples indices of the images in their data set
     */
    public static long[] draw(long seed, int epoch, int patches, List<Long> samples) {
        long[] ids = new long[samples.size() * patches];
        for (int b = 0; b < samples.size(); b++) {
            RandomStream random = RandomStream.of(seed, Purpose.MASK, epoch, samples.get(b));
            int at = b * patches;
            for (int i = 0; i < patches; i++) { // Fisher-Yates, inside out
                int j = random.nextInt(i + 1);
                ids[at + i] = ids[at + j];
                ids[at + j] = i;
            }
        }
        return ids;
    }

    /** The shuffles that sort noise [B, N], as the public code makes them. */
    public static long[] sorting(float[] noise, int patches) {
        return IntStream.range(0, noise.length / patches)
                .mapToLong(b -> (long) b * patches)
                .flatMap(at -> IntStream.range(0, patches)
                        .boxed()
                        .sorted(Comparator.comparing(i -> noise[(int) at + i]))
                        .mapToLong(i -> i))
                .toArray();
    }

    /** mask [B, N] in the order of the image: 1 = removed. */
    public static float[] mask(long[] ids, int patches, int visible) {
        float[] mask = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int row = i / patches;
            mask[row * patches + (int) ids[i]] = i % patches < visible ? 0 : 1;
        }
        return mask;
    }
}
