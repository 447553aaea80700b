package asl.data.image;

/**
 * The part of an image that becomes the output, in pixels of the stored image (EXIF orientation is not applied).
 *
 * @param cut whether pixels outside the box stay unseen (crop, then resize: torchvision's {@code resized_crop}) or
 *     neighbours beyond its edges still count (resize, then crop: Pillow's {@code resize(box=...)})
 */
public record CropBox(double x, double y, double width, double height, boolean cut) {
    public CropBox {
        if (!(x >= 0 && y >= 0 && width > 0 && height > 0)) {
            throw new IllegalArgumentException(
                    "crop box must lie in the image and not be empty: " + x + "," + y + " " + width + "x" + height);
        }
    }

    /** Crop to whole pixels, then resize. */
    public static CropBox cut(int x, int y, int width, int height) {
        return new CropBox(x, y, width, height, true);
    }

    /** Resize, then crop: the box is that of the crop in the coordinates of the image before. */
    public static CropBox window(double x, double y, double width, double height) {
        return new CropBox(x, y, width, height, false);
    }

    /** The image as a whole. */
    public static CropBox whole(int width, int height) {
        return cut(0, 0, width, height);
    }
}
