package asl.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every encoding and pixel layout ends as the RGB or luma that Pillow's convert() makes of it. */
final class ImageFormatsTest {
    private final BufferedImage waves = Pixels.waves(45, 31, 1);

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp"})
    void losslessFormatsKeepEveryPixel(String format) throws Exception {
        assertThat(whole(Pixels.encode(waves, format), 3)).isEqualTo(Pixels.rgb(waves));
    }

    @Test
    void gifPalettesBecomeRgb() throws Exception {
        byte[] gif = Pixels.encode(waves, "gif");
        BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(gif));
        assertThat(whole(gif, 3)).isEqualTo(Pixels.rgb(decoded));
    }

    @Test
    void alphaIsDroppedNotComposited() throws Exception {
        BufferedImage image = new BufferedImage(45, 31, BufferedImage.TYPE_4BYTE_ABGR);
        for (int y = 0; y < 31; y++) {
            for (int x = 0; x < 45; x++) {
                image.setRGB(x, y, (x * 5) << 24 | (waves.getRGB(x, y) & 0xffffff));
            }
        }
        assertThat(whole(Pixels.encode(image, "png"), 3)).isEqualTo(Pixels.rgb(waves));
    }

    @Test
    void sixteenBitGreyKeepsItsHighByte() throws Exception {
        BufferedImage image = new BufferedImage(40, 8, BufferedImage.TYPE_USHORT_GRAY);
        WritableRaster raster = image.getRaster();
        for (int x = 0; x < 40; x++) {
            for (int y = 0; y < 8; y++) {
                raster.setSample(x, y, 0, x * 1600 + y);
            }
        }
        byte[] out = whole(Pixels.encode(image, "png"), 1);
        assertThat(out[0]).isZero();
        assertThat(out[39] & 0xff).isEqualTo((39 * 1600) >> 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_BYTE_BINARY, BufferedImage.TYPE_BYTE_GRAY})
    void greyIsStoredInEveryChannel(int type) throws Exception {
        BufferedImage image = new BufferedImage(16, 4, type);
        image.setRGB(3, 2, 0xffffffff);
        byte[] out = whole(Pixels.encode(image, "png"), 3);
        assertThat(out).hasSize(16 * 4 * 3);
        for (int i = 0; i < out.length; i++) {
            assertThat(out[i] & 0xff).isEqualTo(i / 3 == 2 * 16 + 3 ? 255 : 0);
        }
    }

    @Test
    void lumaIsThatOfItu601() throws Exception {
        byte[] luma = whole(Pixels.encode(waves, "png"), 1);
        byte[] rgb = Pixels.rgb(waves);
        for (int i = 0; i < luma.length; i++) {
            double expected =
                    0.299 * (rgb[3 * i] & 0xff) + 0.587 * (rgb[3 * i + 1] & 0xff) + 0.114 * (rgb[3 * i + 2] & 0xff);
            assertThat((double) (luma[i] & 0xff)).isBetween(expected - 0.51, expected + 0.51);
        }
    }

    /** The plug-in for WebP converts lossy colours a few levels off libwebp's. */
    @ParameterizedTest
    @CsvSource({"lossless.webp, bee.png, 0", "lossy.webp, lossy_webp.png, 5", "cmyk.jpg, cmyk_jpg.png, 0.5"})
    void filesOfPillowLookAsInPillow(String file, String pixels, double tolerance) throws Exception {
        byte[] expected = whole(resource(pixels), 3);
        assertThat(Pixels.meanDifference(whole(resource(file), 3), expected)).isLessThanOrEqualTo(tolerance);
    }

    /** The marker of the inks' colour transform, byte 11 of Adobe's segment, turns CMYK into YCCK. */
    @Test
    void ycckIsConvertedBeforeTheInksAre() throws Exception {
        byte[] file = resource("cmyk.jpg");
        int adobe = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("Adobe");
        byte[] cmyk = whole(file, 3);
        file[adobe + 11] = 2;
        byte[] ycck = whole(file, 3);
        int at = 3 * (18 * 48 + 24);
        double luma = cmyk[at] & 0xff; // black ink is absent, so RGB are the stored samples
        double cr = (cmyk[at + 2] & 0xff) - 128;
        assertThat((double) (ycck[at] & 0xff))
                .isBetween(clip(255 - luma - 1.402 * cr) - 2, clip(255 - luma - 1.402 * cr) + 2);
    }

    private static double clip(double level) {
        return Math.max(0, Math.min(255, level));
    }

    @Test
    void exifOrientationIsIgnored() throws Exception {
        byte[] plain = Pixels.jpeg(waves, 0.9f, false);
        byte[] exif = {
            (byte) 0xff,
            (byte) 0xe1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8, // big-endian TIFF
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0 // one entry: orientation 6, turned by 90 degrees
        };
        byte[] turned = new byte[plain.length + exif.length];
        System.arraycopy(plain, 0, turned, 0, 2);
        System.arraycopy(exif, 0, turned, 2, exif.length);
        System.arraycopy(plain, 2, turned, 2 + exif.length, plain.length - 2);
        assertThat(ImageInfo.probe(turned)).isEqualTo(ImageInfo.probe(plain));
        assertThat(whole(turned, 3)).isEqualTo(whole(plain, 3));
    }

    @Test
    void headersTellSizeAndFormat() throws Exception {
        assertThat(ImageInfo.probe(Pixels.encode(waves, "png"))).isEqualTo(new ImageInfo(45, 31, ImageFormat.PNG));
        assertThat(ImageInfo.probe(Pixels.encode(waves, "bmp"))).isEqualTo(new ImageInfo(45, 31, ImageFormat.BMP));
        assertThat(ImageInfo.probe(Pixels.encode(waves, "gif"))).isEqualTo(new ImageInfo(45, 31, ImageFormat.GIF));
        assertThat(ImageInfo.probe(resource("lossy.webp"))).isEqualTo(new ImageInfo(48, 36, ImageFormat.WEBP));
        assertThat(ImageInfo.probe(Pixels.jpeg(waves, 0.5f, true))).isEqualTo(new ImageInfo(45, 31, ImageFormat.JPEG));
    }

    private static byte[] whole(byte[] encoded, int channels) throws BadImageException {
        ImageInfo info = ImageInfo.probe(encoded);
        CropBox box = CropBox.whole(info.width(), info.height());
        CropView view = new CropView(box, info.height(), info.width(), false, channels);
        byte[] out = new byte[view.size()];
        try (ImageDecoder decoder = new ImageDecoder(JpegBackend.IMAGEIO)) {
            decoder.decode(encoded, view, out, 0);
        }
        return out;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ImageFormatsTest.class.getResourceAsStream("/images/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
