package asl.data.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * Decodes everything through {@code javax.imageio} and its TwelveMonkeys plug-ins: slower than the JPEG readers beside
 * it, but always there.
 *
 * <p>Colours become RGB as by Pillow's {@code convert("RGB")}: alpha is dropped, not composited, palettes are looked up,
 * colour profiles are ignored. One difference: 16-bit grey keeps its high byte, where Pillow would clip at 255. Of
 * animations the first frame counts.
 */
final class ImageIoReader implements PixelReader {
    /** Guards the registry of plug-ins: threads share it, and it isn't made for that. */
    private static final Object REGISTRY = new Object();

    static {
        ImageIO.setUseCache(false); // no temporary files: the encoded bytes are in memory anyway
    }

    private final Map<ImageFormat, ImageReader> readers = new EnumMap<>(ImageFormat.class);
    private final RasterRows rows = new RasterRows();
    private String warning = "";

    @Override
    public boolean read(byte[] encoded, ImageInfo info, CropView view, ViewRenderer renderer) throws BadImageException {
        info.format().requireEnd(encoded);
        ImageReader reader = reader(info.format());
        warning = "";
        try (ByteArrayImageInputStream input = new ByteArrayImageInputStream(encoded)) {
            reader.setInput(input, true, true);
            feed(reader, encoded, info, view, renderer);
        } catch (IOException | RuntimeException e) {
            discard(info.format());
            throw new BadImageException("broken " + info.format() + ": " + reason(e), e);
        }
        if (JpegWarnings.spoilsPixels(warning)) {
            throw new BadImageException("broken JPEG: " + warning);
        }
        return true;
    }

    /** Size of the first image in the file. */
    ImageInfo probe(byte[] encoded, ImageFormat format) throws BadImageException {
        try (ByteArrayImageInputStream input = new ByteArrayImageInputStream(encoded)) {
            ImageReader reader = reader(format);
            reader.setInput(input, true, true);
            return ImageInfo.checked(reader.getWidth(0), reader.getHeight(0), format);
        } catch (IOException | RuntimeException e) {
            throw new BadImageException("broken " + format + " header: " + reason(e), e);
        }
    }

    private void feed(ImageReader reader, byte[] encoded, ImageInfo info, CropView view, ViewRenderer renderer)
            throws IOException, BadImageException {
        PlaneShape shape = PlaneShape.full(info.width(), info.height());
        Rectangle region = region(shape, view);
        ImageReadParam param = reader.getDefaultReadParam();
        if (info.format() == ImageFormat.JPEG) {
            JpegHeader header = JpegHeader.parse(encoded);
            header.requireEnd();
            param.setSourceRegion(region);
            Raster raster = reader.readRaster(0, param); // as stored: no colour conversion, no profile
            if (raster.getNumBands() == 4) {
                rows.feedInks(raster, header.isYcck(), region, begun(renderer, view, ColourModel.RGB, shape));
            } else {
                ColourModel three = header.isRgb() ? ColourModel.RGB : ColourModel.YCBCR;
                ColourModel colour = raster.getNumBands() == 1 ? ColourModel.GREY : three;
                rows.feed(raster, region, begun(renderer, view, colour, shape));
            }
            return;
        }
        BufferedImage image = wholeOrRegion(reader, param, info.format(), region);
        if (image.getColorModel() instanceof IndexColorModel palette) {
            rows.feedPalette(image.getRaster(), palette, region, begun(renderer, view, ColourModel.RGB, shape));
        } else {
            ColourModel colour = image.getRaster().getNumBands() < 3 ? ColourModel.GREY : ColourModel.RGB;
            rows.feed(image.getRaster(), region, begun(renderer, view, colour, shape));
        }
    }

    private static ViewRenderer begun(ViewRenderer renderer, CropView view, ColourModel colour, PlaneShape shape) {
        renderer.begin(view, colour, shape, shape, shape);
        return renderer;
    }

    private static Rectangle region(PlaneShape shape, CropView view) {
        AxisWeights columns = shape.columns(view);
        AxisWeights rows = shape.rows(view);
        return new Rectangle(columns.first(), rows.first(), columns.end() - columns.first(), rows.end() - rows.first());
    }

    /** The region alone, in its own coordinates; WebP's reader garbles regions, so it reads all and cuts. */
    private static BufferedImage wholeOrRegion(
            ImageReader reader, ImageReadParam param, ImageFormat format, Rectangle region) throws IOException {
        if (format == ImageFormat.WEBP) {
            return reader.read(0, param).getSubimage(region.x, region.y, region.width, region.height);
        }
        param.setSourceRegion(region);
        return reader.read(0, param);
    }

    private ImageReader reader(ImageFormat format) throws BadImageException {
        ImageReader known = readers.get(format);
        if (known != null) {
            return known;
        }
        ImageReader reader = newReader(format);
        reader.addIIOReadWarningListener((source, message) -> {
            if (!JpegWarnings.spoilsPixels(warning)) {
                warning = message;
            }
        });
        readers.put(format, reader);
        return reader;
    }

    private static ImageReader newReader(ImageFormat format) throws BadImageException {
        synchronized (REGISTRY) {
            Iterator<ImageReader> found =
                    ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
            if (!found.hasNext()) {
                throw new BadImageException("no reader for " + format + " on the class path");
            }
            return found.next();
        }
    }

    private void discard(ImageFormat format) {
        ImageReader reader = readers.remove(format);
        if (reader != null) {
            reader.dispose();
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        readers.values().forEach(ImageReader::dispose);
        readers.clear();
    }
}
