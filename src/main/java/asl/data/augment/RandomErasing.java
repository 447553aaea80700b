package asl.data.augment;

import asl.random.RandomStream;

/**
 * Random erasing (Zhong et al. 2020) with timm's numbers: with some probability one box of 2 % to a third of the area and
 * an aspect ratio of 0.3 to 1/0.3 is filled with noise.
 *
 * <p>This draws the box only. timm's pixel mode fills it with standard normal noise after normalisation, where such noise
 * looks like the data; in 8-bit values the same noise would be cut at 0 and 255. So the classifier's loop fills the boxes
 * on the device, where images are normalised.
 *
 * @param probability that an image is erased at all
 */
public record RandomErasing(double probability) {
    private static final double MIN_AREA = 0.02;
    private static final double MAX_AREA = 1 / 3.0;
    private static final double LOG_ASPECT = Math.log(1 / 0.3);
    private static final int ATTEMPTS = 10;

    public RandomErasing {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability of erasing " + probability + " is not between 0 and 1");
        }
    }

    /** The box to erase; {@link Box#NONE} with probability 1 - p, or if ten boxes in a row did not fit. */
    public Box draw(int height, int width, RandomStream random) {
        if (random.nextDouble() >= probability) {
            return Box.NONE;
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double area = random.nextDouble(MIN_AREA, MAX_AREA) * height * width;
            double aspect = Math.exp(random.nextDouble(-LOG_ASPECT, LOG_ASPECT));
            int boxHeight = (int) Math.rint(Math.sqrt(area * aspect));
            int boxWidth = (int) Math.rint(Math.sqrt(area / aspect));
            if (boxHeight < height && boxWidth < width) {
                int top = random.nextInt(height - boxHeight + 1);
                int left = random.nextInt(width - boxWidth + 1);
                return new Box(top, top + boxHeight, left, left + boxWidth);
            }
        }
        return Box.NONE;
    }
}
