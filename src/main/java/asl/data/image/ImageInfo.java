package asl.data.image;

/**
 * Size in pixels and encoding, read from the header alone.
 *
 * <p>The size is that of the stored pixels: EXIF orientation is ignored, as {@code PIL.Image.open} and with it
 * torchvision's loaders do.
 */
public record ImageInfo(int width, int height, ImageFormat format) {
    /** Pillow's limit against decompression bombs. */
    private static final long MOST_PIXELS = 178_956_970;

    public ImageInfo {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("image of " + width + "x" + height);
        }
    }

    /** Reads the header; decodes no pixel, so a good header says nothing about the rest. */
    public static ImageInfo probe(byte[] encoded) throws BadImageException {
        ImageFormat format = ImageFormat.detect(encoded);
        return switch (format) {
            case JPEG -> {
                JpegHeader header = JpegHeader.parse(encoded);
                yield checked(header.width(), header.height(), format);
            }
            case PNG -> checked(bigEndian(encoded, 16), bigEndian(encoded, 20), format);
            case WEBP, BMP, GIF -> {
                try (ImageIoReader reader = new ImageIoReader()) {
                    yield reader.probe(encoded, format);
                }
            }
        };
    }

    /** An info whose size is believable. */
    static ImageInfo checked(int width, int height, ImageFormat format) throws BadImageException {
        if (width < 1 || height < 1 || (long) width * height > MOST_PIXELS) {
            throw new BadImageException(format + " of " + width + "x" + height + " pixels");
        }
        return new ImageInfo(width, height, format);
    }

    private static int bigEndian(byte[] bytes, int at) throws BadImageException {
        if (bytes.length < at + 4) {
            throw new BadImageException("truncated PNG");
        }
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }
}
