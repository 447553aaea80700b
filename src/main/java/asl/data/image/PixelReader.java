package asl.data.image;

/** One way of decoding: feeds the rows that a view needs to a renderer. Not thread-safe. */
interface PixelReader extends AutoCloseable {
    /**
     * Calls {@link ViewRenderer#begin} and then feeds every plane; the renderer must not be used if this fails.
     *
     * @return false if this reader does not know the kind of image, before anything was fed
     */
    boolean read(byte[] encoded, ImageInfo info, CropView view, ViewRenderer renderer) throws BadImageException;

    @Override
    void close();
}
