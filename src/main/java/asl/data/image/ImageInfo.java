package asl.data.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Size in pixels and encoding, read from the header alone. */
public record ImageInfo(int width, int height, ImageFormat format) {
    /** Reads the header; decodes no pixel, so a good header says nothing about the rest. */
    public static ImageInfo probe(byte[] encoded) throws BadImageException {
        try (ImageInputStream input = ImageIO.createImageInputStream(new ByteArrayInputStream(encoded))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
            if (!readers.hasNext()) {
                throw new BadImageException("not an image");
            }
            ImageReader reader = readers.next();
            reader.setInput(input);
            ImageFormat format = ImageFormat.valueOf(reader.getFormatName().toUpperCase(java.util.Locale.ROOT));
            return new ImageInfo(reader.getWidth(0), reader.getHeight(0), format);
        } catch (IOException | RuntimeException e) {
            throw new BadImageException("broken header", e);
        }
    }
}
