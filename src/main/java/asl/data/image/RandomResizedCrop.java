package asl.data.image;

import asl.random.RandomStream;

/**
 * A random box of a random share of the area and a random aspect ratio, as torchvision's {@code RandomResizedCrop}:
 * area uniform, ratio (width / height) log-uniform, ten tries, then the largest central box of an allowed ratio.
 */
public record RandomResizedCrop(double scaleMin, double scaleMax, double ratioMin, double ratioMax) implements Cropper {
    private static final int TRIES = 10;

    public RandomResizedCrop {
        requireRange("scale", scaleMin, scaleMax);
        requireRange("ratio", ratioMin, ratioMax);
    }

    static void requireRange(String name, double min, double max) {
        if (!(min > 0 && min <= max && max < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("crop " + name + " must be 0 < min <= max, not " + min + ".." + max);
        }
    }

    @Override
    public CropBox draw(int width, int height, RandomStream stream) {
        double area = (double) width * height;
        for (int i = 0; i < TRIES; i++) {
            double target = area * stream.nextDouble(scaleMin, scaleMax);
            double ratio = Math.exp(stream.nextDouble(Math.log(ratioMin), Math.log(ratioMax)));
            int boxWidth = (int) Math.rint(Math.sqrt(target * ratio)); // half to even, as Python rounds
            int boxHeight = (int) Math.rint(Math.sqrt(target / ratio));
            if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
                int y = stream.nextInt(height - boxHeight + 1);
                int x = stream.nextInt(width - boxWidth + 1);
                return CropBox.cut(x, y, boxWidth, boxHeight);
            }
        }
        return central(width, height);
    }

    private CropBox central(int width, int height) {
        double ratio = (double) width / height;
        int boxWidth = width;
        int boxHeight = height;
        if (ratio < ratioMin) {
            boxHeight = (int) Math.rint(width / ratioMin);
        } else if (ratio > ratioMax) {
            boxWidth = (int) Math.rint(height * ratioMax);
        }
        boxWidth = Math.max(1, boxWidth);
        boxHeight = Math.max(1, boxHeight);
        return CropBox.cut((width - boxWidth) / 2, (height - boxHeight) / 2, boxWidth, boxHeight);
    }
}
