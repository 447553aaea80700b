package asl.data.image;

import asl.random.RandomStream;

/**
 * The single-draw random crop of the linear-probe recipe (MAE, {@code util/crop.py}): area and ratio are drawn once and a
 * box that does not fit is clipped to the image, where torchvision's crop would draw again.
 */
public record TfStyleCrop(double scaleMin, double scaleMax, double ratioMin, double ratioMax) implements Cropper {
    public TfStyleCrop {
        RandomResizedCrop.requireRange("scale", scaleMin, scaleMax);
        RandomResizedCrop.requireRange("ratio", ratioMin, ratioMax);
    }

    @Override
    public CropBox draw(int width, int height, RandomStream stream) {
        double target = (double) width * height * stream.nextDouble(scaleMin, scaleMax);
        double ratio = Math.exp(stream.nextDouble(Math.log(ratioMin), Math.log(ratioMax)));
        int boxWidth = clip((int) Math.rint(Math.sqrt(target * ratio)), width);
        int boxHeight = clip((int) Math.rint(Math.sqrt(target / ratio)), height);
        int y = stream.nextInt(height - boxHeight + 1);
        int x = stream.nextInt(width - boxWidth + 1);
        return CropBox.cut(x, y, boxWidth, boxHeight);
    }

    private static int clip(int length, int limit) {
        return Math.max(1, Math.min(length, limit));
    }
}
