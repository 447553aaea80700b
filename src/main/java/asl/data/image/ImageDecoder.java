package asl.data.image;

/**
 * From encoded bytes to the pixels of a view. Holds buffers and native handles that are used again from image to image:
 * each worker thread has its own and closes it; the class is not thread-safe.
 */
public final class ImageDecoder implements AutoCloseable {
    private final ViewRenderer renderer = new ViewRenderer();
    private final RawReader raw = new RawReader();
    private final ImageIoReader fallback = new ImageIoReader();

    public ImageDecoder(JpegBackend backend) {
        backend.resolve();
    }

    /**
     * Writes the view of an encoded image as uint8 [height, width, channels] to {@code out[offset]} and on.
     *
     * @throws BadImageException if the bytes are no image, damaged or cut short; {@code out} is as before then
     */
    public void decode(byte[] encoded, CropView view, byte[] out, int offset) throws BadImageException {
        ImageInfo info = ImageInfo.probe(encoded);
        requireInside(view.box(), info.width(), info.height());
        fallback.read(encoded, info, view, renderer);
        renderer.write(out, offset);
    }

    /** Writes the view of pixels that are decoded already. */
    public void resample(RawImage image, CropView view, byte[] out, int offset) {
        requireInside(view.box(), image.width(), image.height());
        raw.read(image, view, renderer);
        renderer.write(out, offset);
    }

    private static void requireInside(CropBox box, int width, int height) {
        double slack = 1e-6 * Math.max(width, height); // rounding of a box that was computed
        if (box.x() + box.width() > width + slack || box.y() + box.height() > height + slack) {
            throw new IllegalArgumentException(box + " reaches out of an image of " + width + "x" + height);
        }
    }

    @Override
    public void close() {
        fallback.close();
    }
}
