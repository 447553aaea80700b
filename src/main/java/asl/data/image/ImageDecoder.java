package asl.data.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * From encoded bytes to the pixels of a view. Holds buffers and native handles that are used again from image to image:
 * each worker thread has its own and closes it; the class is not thread-safe.
 */
public final class ImageDecoder implements AutoCloseable {
    public ImageDecoder(JpegBackend backend) {
        backend.resolve();
    }

    /** The view of an encoded image, as uint8 [height, width, channels] at {@code out[offset]} and on. */
    public void decode(byte[] encoded, CropView view, byte[] out, int offset) throws BadImageException {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(encoded));
            if (image == null) {
                throw new BadImageException("not an image");
            }
            int at = offset;
            for (int y = 0; y < view.height(); y++) {
                for (int x = 0; x < view.width(); x++) {
                    int column = view.flip() ? view.width() - 1 - x : x;
                    int rgb = image.getRGB((int) (view.box().x() + view.box().width() * column / view.width()), (int)
                            (view.box().y() + view.box().height() * y / view.height()));
                    for (int c = 0; c < view.channels(); c++) {
                        out[at++] = (byte) (rgb >> (16 - 8 * c));
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new BadImageException("cannot be decoded", e);
        }
    }

    /** The view of pixels that are decoded already. */
    public void resample(RawImage image, CropView view, byte[] out, int offset) {
        int at = offset;
        for (int y = 0; y < view.height(); y++) {
            int row = (int) (view.box().y() + view.box().height() * y / view.height());
            for (int x = 0; x < view.width(); x++) {
                int step = view.flip() ? view.width() - 1 - x : x;
                int column = (int) (view.box().x() + view.box().width() * step / view.width());
                for (int c = 0; c < view.channels(); c++) {
                    out[at++] =
                            image.pixels()[(row * image.width() + column) * image.channels() + c % image.channels()];
                }
            }
        }
    }

    @Override
    public void close() {}
}
