package asl.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files are refused with a reason and never hang, crash or leave a decoder unusable. */
final class DamagedImagesTest {
    private static final int DAMAGES = 150;

    /** Every decoder of this machine. */
    static List<JpegBackend> backends() {
        return JpegBackend.available();
    }

    private final BufferedImage waves = Pixels.waves(120, 90, 2);

    @ParameterizedTest
    @MethodSource("backends")
    void truncatedJpegsAreRefused(JpegBackend backend) throws Exception {
        for (boolean progressive : new boolean[] {false, true}) {
            byte[] whole = Pixels.jpeg(waves, 0.9f, progressive);
            for (double share : new double[] {0.01, 0.3, 0.6, 0.9, 0.999}) {
                byte[] part = Arrays.copyOf(whole, (int) (share * whole.length));
                try (ImageDecoder decoder = new ImageDecoder(backend)) {
                    assertThatThrownBy(() -> decode(decoder, part))
                            .as("%s of a %s JPEG", share, progressive ? "progressive" : "baseline")
                            .isInstanceOf(BadImageException.class);
                }
            }
        }
    }

    /** An end marker does not make up for missing rows. */
    @ParameterizedTest
    @MethodSource("backends")
    void jpegsWithoutTheirLastRowsAreRefused(JpegBackend backend) throws Exception {
        byte[] whole = Pixels.jpeg(waves, 0.9f, false);
        byte[] part = Arrays.copyOf(whole, whole.length / 2);
        part[part.length - 2] = (byte) 0xff;
        part[part.length - 1] = (byte) 0xd9;
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            assertThatThrownBy(() -> decode(decoder, part)).isInstanceOf(BadImageException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif"})
    void otherTruncatedFilesAreRefused(String format) throws Exception {
        byte[] whole = Pixels.encode(waves, format);
        for (double share : new double[] {0.02, 0.3, 0.6, 0.9}) {
            byte[] part = Arrays.copyOf(whole, (int) (share * whole.length));
            try (ImageDecoder decoder = new ImageDecoder(JpegBackend.AUTO)) {
                assertThatThrownBy(() -> decode(decoder, part))
                        .as("%s of a %s", share, format)
                        .isInstanceOf(BadImageException.class);
            }
        }
    }

    @Test
    void whatIsNoImageIsNamedSo() {
        assertThatThrownBy(() -> ImageInfo.probe(new byte[0])).hasMessage("empty file");
        byte[] text = "not an image, whatever its name says".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ImageInfo.probe(text)).hasMessage("not a JPEG, PNG, WebP, BMP or GIF image");
    }

    @Test
    void bombsAreRefusedBeforeMemoryIsTaken() throws Exception {
        byte[] png = Pixels.encode(waves, "png");
        png[16] = 0x7f; // width beyond two thousand million
        assertThatThrownBy(() -> ImageInfo.probe(png)).isInstanceOf(BadImageException.class);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void damagedJpegsFailCleanlyOrDecode(JpegBackend backend) throws Exception {
        byte[] baseline = Pixels.jpeg(waves, 0.8f, false);
        byte[] progressive = Pixels.jpeg(waves, 0.8f, true);
        CropView view = new CropView(CropBox.cut(30, 20, 64, 48), 32, 32, true, 3);
        byte[] before;
        byte[] after;
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            before = decode(decoder, baseline, view);
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                try (ImageDecoder own = new ImageDecoder(backend)) {
                    Random random = new Random(3);
                    for (int i = 0; i < DAMAGES; i++) {
                        decodeOrRefuse(own, damage(i % 3 == 0 ? progressive : baseline, random), view);
                    }
                }
            });
            after = decode(decoder, baseline, view);
        }
        assertThat(after).isEqualTo(before);
    }

    private static byte[] damage(byte[] whole, Random random) {
        byte[] file = whole.clone();
        int flips = 1 + random.nextInt(8);
        for (int i = 0; i < flips; i++) {
            file[2 + random.nextInt(file.length - 2)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
    }

    /** Anything but a BadImageException fails the test, as does a hang. */
    private static void decodeOrRefuse(ImageDecoder decoder, byte[] file, CropView view) {
        try {
            ImageInfo info = ImageInfo.probe(file);
            CropBox box =
                    info.width() < 94 || info.height() < 68 ? CropBox.whole(info.width(), info.height()) : view.box();
            decode(decoder, file, new CropView(box, 32, 32, true, 3));
        } catch (BadImageException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        }
    }

    private static byte[] decode(ImageDecoder decoder, byte[] file) throws BadImageException {
        ImageInfo info = ImageInfo.probe(file);
        return decode(decoder, file, new CropView(CropBox.whole(info.width(), info.height()), 32, 32, false, 3));
    }

    private static byte[] decode(ImageDecoder decoder, byte[] file, CropView view) throws BadImageException {
        byte[] out = new byte[view.size()];
        decoder.decode(file, view, out, 0);
        return out;
    }
}
