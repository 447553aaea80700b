package asl.data.image;

/**
 * How a decoder stores one colour component of an image.
 *
 * @param width samples in a row
 * @param height rows
 * @param scaleX samples per pixel of the image along x: 0.5 for chroma subsampled by two
 * @param scaleY samples per pixel of the image along y
 */
record PlaneShape(int width, int height, double scaleX, double scaleY) {
    /** One sample per pixel. */
    static PlaneShape full(int width, int height) {
        return new PlaneShape(width, height, 1, 1);
    }

    /** The weights from this plane's columns to those of the view. */
    AxisWeights columns(CropView view) {
        CropBox box = view.box();
        return axis(box.x() * scaleX, box.width() * scaleX, width, box.cut(), view.width());
    }

    /** The weights from this plane's rows to those of the view. */
    AxisWeights rows(CropView view) {
        CropBox box = view.box();
        return axis(box.y() * scaleY, box.height() * scaleY, height, box.cut(), view.height());
    }

    private static AxisWeights axis(double start, double length, int samples, boolean cut, int size) {
        int low = cut ? Math.min(samples - 1, (int) Math.floor(start)) : 0;
        int high = cut ? Math.max(low + 1, (int) Math.min(samples, Math.ceil(start + length))) : samples;
        return AxisWeights.bicubic(start, length, low, high, size);
    }
}
