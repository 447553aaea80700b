package asl.data.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** From pixels to the bytes of an image file; the same pixels give the same bytes on one version of Java. */
public final class ImageEncoder {
    /** Guards the registry of plug-ins: threads share it, and it isn't made for that. */
    private static final Object REGISTRY = new Object();

    private ImageEncoder() {}

    /** As PNG, without loss. */
    public static byte[] png(RawImage image) {
        return encode(image, ImageFormat.PNG, 0);
    }

    /**
     * As baseline JPEG.
     *
     * @param quality 1 to 100, by libjpeg's scale
     */
    public static byte[] jpeg(RawImage image, int quality) {
        return encode(image, ImageFormat.JPEG, quality);
    }

    private static byte[] encode(RawImage image, ImageFormat format, int quality) {
        ImageWriter writer = writer(format);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (quality > 0) {
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionQuality(quality / 100f);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(buffered(image), null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + format + " to memory", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static ImageWriter writer(ImageFormat format) {
        synchronized (REGISTRY) {
            Iterator<ImageWriter> found =
                    ImageIO.getImageWritersByFormatName(format.name().toLowerCase(Locale.ROOT));
            if (!found.hasNext()) {
                throw new IllegalStateException("this Java has no writer for " + format);
            }
            return found.next();
        }
    }

    /** A view of the pixels. */
    private static BufferedImage buffered(RawImage image) {
        int channels = image.channels();
        int[] bands = channels == 1 ? new int[] {0} : new int[] {0, 1, 2};
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(image.pixels(), image.pixels().length),
                image.width(),
                image.height(),
                image.width() * channels,
                channels,
                bands,
                null);
        ColorSpace space = ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        ComponentColorModel colours =
                new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(colours, raster, false, null);
    }
}
