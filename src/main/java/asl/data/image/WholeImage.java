package asl.data.image;

import asl.random.RandomStream;

/** The image as it is, whatever its aspect ratio. */
public record WholeImage() implements Cropper {
    @Override
    public CropBox draw(int width, int height, RandomStream stream) {
        return CropBox.whole(width, height);
    }
}
