package asl.data.image;

/**
 * From encoded bytes to the pixels of a view. Holds buffers and native handles that are used again from image to image:
 * each worker thread has its own. Calls exclude each other, so that closing one from another thread, as a loader that is
 * stopped does, never frees memory that native code is at.
 */
public final class ImageDecoder implements AutoCloseable {
    private final ViewRenderer renderer = new ViewRenderer();
    private final RawReader raw = new RawReader();
    private final ImageIoReader fallback = new ImageIoReader();
    /** For the kinds of JPEG that it knows; the fallback itself if there is no faster one. */
    private final PixelReader jpeg;

    private boolean closed;

    /**
     * A decoder for one thread.
     *
     * @throws asl.config.ConfigException if the backend doesn't work here
     */
    public ImageDecoder(JpegBackend backend) {
        jpeg = switch (backend.resolve()) {
            case TURBO -> new TurboReader();
            case AUTO, IMAGEIO -> fallback;
        };
    }

    /**
     * Writes the view of an encoded image as uint8 [height, width, channels] to {@code out[offset]} and on.
     *
     * @throws BadImageException if the bytes are no image, damaged or cut short; {@code out} is as before then
     */
    public synchronized void decode(byte[] encoded, CropView view, byte[] out, int offset) throws BadImageException {
        requireOpen();
        ImageInfo info = ImageInfo.probe(encoded);
        requireInside(view.box(), info.width(), info.height());
        boolean known = info.format() == ImageFormat.JPEG && jpeg.read(encoded, info, view, renderer);
        if (!known) {
            fallback.read(encoded, info, view, renderer);
        }
        renderer.write(out, offset);
    }

    /** Writes the view of pixels that are decoded already. */
    public synchronized void resample(RawImage image, CropView view, byte[] out, int offset) {
        requireOpen();
        requireInside(view.box(), image.width(), image.height());
        raw.read(image, view, renderer);
        renderer.write(out, offset);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this image decoder is closed");
        }
    }

    private static void requireInside(CropBox box, int width, int height) {
        double slack = 1e-6 * Math.max(width, height); // rounding of a box that was computed
        if (box.x() + box.width() > width + slack || box.y() + box.height() > height + slack) {
            throw new IllegalArgumentException(box + " reaches out of an image of " + width + "x" + height);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        jpeg.close();
        fallback.close();
    }
}
