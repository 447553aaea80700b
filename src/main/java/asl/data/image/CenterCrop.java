package asl.data.image;

import asl.random.RandomStream;

/**
 * The evaluation view: the shorter side resized to {@code shorter}, then the central {@code height x width}, with
 * torchvision's rounding (longer side truncated, offsets half to even). Resize and crop become one box: a pixel of the
 * output sees the same source pixels with the same weights either way.
 *
 * @param shorter length of the shorter side after resizing, at least height and width
 * @param height rows of the crop, which must be those of the view
 * @param width columns of the crop
 */
public record CenterCrop(int shorter, int height, int width) implements Cropper {
    public CenterCrop {
        if (height < 1 || width < 1 || shorter < Math.max(height, width)) {
            throw new IllegalArgumentException(
                    "cannot cut " + height + "x" + width + " from images whose shorter side is " + shorter);
        }
    }

    @Override
    public CropBox draw(int imageWidth, int imageHeight, RandomStream stream) {
        long shortSide = Math.min(imageWidth, imageHeight);
        int resizedWidth = (int) (shorter * (long) imageWidth / shortSide);
        int resizedHeight = (int) (shorter * (long) imageHeight / shortSide);
        double scaleX = (double) imageWidth / resizedWidth;
        double scaleY = (double) imageHeight / resizedHeight;
        double left = Math.rint((resizedWidth - width) / 2.0);
        double top = Math.rint((resizedHeight - height) / 2.0);
        return CropBox.window(left * scaleX, top * scaleY, width * scaleX, height * scaleY);
    }
}
