package asl.data.augment;

import asl.config.FinetuneConfig.ErasingMode;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Arrays;

/**
 * Random erasing of a batch of normalised images: which pixels are erased and what stands there instead. Boxes and
 * fillings follow from the seed, the epoch and the image alone.
 */
public final class ErasedBoxes {
    /** Normal values that the pixel mode copies from, each box from a place of its own: drawing each anew costs 20 times as much. */
    private static final int NOISE = 1 << 18;

    private final RandomErasing erasing;
    private final ErasingMode mode;
    private final Size size;
    private final long seed;
    private final float[] noise;

    /** Size of every image. */
    public record Size(int height, int width, int channels) {
        int pixels() {
            return height * width;
        }
    }

    /**
     * What is erased in one batch.
     *
     * @param mask [B, 1, H, W], 1 where a pixel is erased
     * @param fill [B, C, H, W], what takes its place
     */
    @SuppressWarnings("ArrayRecordComponent") // handed to the device, never compared
    public record Erased(byte[] mask, float[] fill, boolean any) {}

    public ErasedBoxes(RandomErasing erasing, ErasingMode mode, Size size, long seed) {
        this.erasing = erasing;
        this.mode = mode;
        this.size = size;
        this.seed = seed;
        this.noise = new float[mode == ErasingMode.PIXEL && erasing.probability() > 0 ? NOISE : 0];
        RandomStream random = RandomStream.of(seed, Purpose.AUGMENT);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
    }

    /** Draws for the images of a batch, by their numbers in the data set. */
    public Erased draw(int epoch, long... samples) {
        byte[] mask = new byte[samples.length * size.pixels()];
        float[] fill = new float[mask.length * size.channels()];
        boolean any = false;
        for (int i = 0; i < samples.length; i++) {
            RandomStream random = RandomStream.of(seed, Purpose.AUGMENT, epoch, samples[i]);
            for (Box box : erasing.draw(size.height(), size.width(), random)) {
                erase(i, box, random, mask, fill);
                any = true;
            }
        }
        return new Erased(mask, fill, any);
    }

    private void erase(int image, Box box, RandomStream random, byte[] mask, float[] fill) {
        for (int channel = 0; channel < size.channels(); channel++) {
            float colour = mode == ErasingMode.RAND ? (float) random.nextGaussian() : 0;
            for (int y = box.top(); y < box.bottom(); y++) {
                int row = y * size.width() + box.left();
                int from = image * size.pixels() + row;
                Arrays.fill(mask, from, from + box.width(), (byte) 1);
                int at = (image * size.channels() + channel) * size.pixels() + row;
                if (mode == ErasingMode.PIXEL) {
                    System.arraycopy(noise, random.nextInt(NOISE - box.width()), fill, at, box.width());
                } else {
                    Arrays.fill(fill, at, at + box.width(), colour);
                }
            }
        }
    }
}
