package asl.data.augment;

import asl.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Random erasing (Zhong et al. 2020) with timm's numbers: with some probability, boxes of 2 % to a third of the area in
 * all and an aspect ratio of 0.3 to 1/0.3 are filled.
 *
 * <p>This draws the boxes only. timm's pixel mode fills them with standard normal noise after normalisation, where such
 * noise looks like the data; in 8-bit values the same noise would be cut at 0 and 255. So the classifier's loop fills the
 * boxes on the device, where images are normalised.
 *
 * @param probability that an image is erased at all
 * @param count boxes per image at most; their number is drawn evenly from 1 up
 */
public record RandomErasing(double probability, int count) {
    private static final double MIN_AREA = 0.02;
    private static final double MAX_AREA = 1 / 3.0;
    private static final double LOG_ASPECT = Math.log(1 / 0.3);
    private static final int ATTEMPTS = 10;

    public RandomErasing {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability of erasing " + probability + " is not between 0 and 1");
        }
        if (count < 1) {
            throw new IllegalArgumentException("number of erased boxes " + count + " is not positive");
        }
    }

    /** The boxes to erase: none with probability 1 - p; a box that does not fit ten times in a row is left out. */
    public List<Box> draw(int height, int width, RandomStream random) {
        List<Box> boxes = new ArrayList<>();
        if (random.nextDouble() >= probability) {
            return boxes;
        }
        int number = 1 + random.nextInt(count);
        for (int i = 0; i < number; i++) {
            Box box = box(height, width, number, random);
            if (box.area() > 0) {
                boxes.add(box);
            }
        }
        return boxes;
    }

    private static Box box(int height, int width, int number, RandomStream random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double area = random.nextDouble(MIN_AREA, MAX_AREA) * height * width / number;
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
