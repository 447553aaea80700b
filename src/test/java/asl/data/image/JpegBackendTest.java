package asl.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoders agree with each other, whichever this machine has, and serve many threads at once. */
final class JpegBackendTest {
    private static final int THREADS = 4;

    static List<JpegBackend> backends() {
        return JpegBackend.available();
    }

    @Test
    void theJdksDecoderIsTheLastResort() {
        assertThat(JpegBackend.available()).endsWith(JpegBackend.IMAGEIO);
        assertThat(JpegBackend.AUTO.resolve()).isEqualTo(JpegBackend.available().get(0));
        assertThat(JpegBackend.AUTO.describe())
                .isEqualTo(JpegBackend.AUTO.resolve().describe());
    }

    @Test
    void whatIsMissingIsNamedWithTheWayToGetIt() {
        if (TurboLibrary.available()) {
            assertThat(JpegBackend.TURBO.resolve()).isEqualTo(JpegBackend.TURBO);
            assertThat(JpegBackend.IMAGEIO.describe()).doesNotContain("install");
        } else {
            assertThatThrownBy(JpegBackend.TURBO::resolve).hasMessageContaining("apt-get install libturbojpeg0");
            assertThat(JpegBackend.IMAGEIO.describe()).contains("apt-get install libturbojpeg0");
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void oddSizesProgressiveAndGreyDecodeAlike(JpegBackend backend) throws Exception {
        BufferedImage waves = Pixels.waves(61, 47, 5);
        BufferedImage grey = new BufferedImage(61, 47, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = grey.createGraphics();
        graphics.drawImage(waves, 0, 0, null);
        graphics.dispose();
        for (byte[] file : List.of(
                Pixels.jpeg(waves, 0.95f, false), Pixels.jpeg(waves, 0.95f, true), Pixels.jpeg(grey, 0.95f, false))) {
            for (int channels : new int[] {1, 3}) {
                CropView view = new CropView(CropBox.cut(5, 7, 50, 40), 24, 32, true, channels);
                double difference =
                        Pixels.meanDifference(decode(backend, file, view), decode(JpegBackend.IMAGEIO, file, view));
                assertThat(difference).isLessThan(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whatACropDoesNotShowNeedNotBeDecoded(JpegBackend backend) throws Exception {
        BufferedImage waves = Pixels.waves(90, 200, 11);
        for (boolean progressive : new boolean[] {false, true}) {
            byte[] file = Pixels.jpeg(waves, 0.95f, progressive);
            for (int bottom : new int[] {16, 31, 32, 33, 199, 200}) {
                CropView view = new CropView(CropBox.cut(4, bottom - 15, 80, 15), 20, 60, false, 3);
                assertThat(Pixels.meanDifference(decode(backend, file, view), decode(JpegBackend.IMAGEIO, file, view)))
                        .isLessThan(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void largeCropsMayBeDecodedSmaller(JpegBackend backend) throws Exception {
        BufferedImage waves = Pixels.waves(701, 503, 12);
        for (float quality : new float[] {0.8f, 0.95f}) {
            byte[] file = Pixels.jpeg(waves, quality, false);
            for (int size : new int[] {20, 50, 100, 150, 200}) {
                CropView view = new CropView(CropBox.cut(51, 33, 613, 411), size, size, true, 3);
                assertThat(Pixels.meanDifference(decode(backend, file, view), decode(JpegBackend.IMAGEIO, file, view)))
                        .as("%d px at quality %s", size, quality)
                        .isLessThan(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void buffersOfALargerImageLeaveNoTraceInASmallerOne(JpegBackend backend) throws Exception {
        byte[] large = Pixels.jpeg(Pixels.waves(400, 300, 6), 0.9f, false);
        byte[] small = Pixels.jpeg(Pixels.waves(33, 21, 7), 0.9f, false);
        CropView view = new CropView(CropBox.whole(33, 21), 16, 16, false, 3);
        byte[] alone = decode(backend, small, view);
        byte[] after = new byte[view.size()];
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            decoder.decode(large, view, after, 0);
            decoder.decode(small, view, after, 0);
        }
        assertThat(after).isEqualTo(alone);
    }

    /** A buffer has some room to spare, so that not every larger image needs a new one. */
    @ParameterizedTest
    @MethodSource("backends")
    void imagesThatGrowALittleReadTheirLastRows(JpegBackend backend) throws Exception {
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            for (int width = 400; width < 480; width += 16) {
                byte[] file = Pixels.jpeg(Pixels.waves(width, 300, width), 0.9f, false);
                CropView view = new CropView(CropBox.whole(width, 300), 40, 50, false, 3);
                byte[] out = new byte[view.size()];
                decoder.decode(file, view, out, 0);
                assertThat(out).isEqualTo(decode(backend, file, view));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void threadsWithDecodersOfTheirOwnDoNotDisturbEachOther(JpegBackend backend) throws Exception {
        BufferedImage waves = Pixels.waves(90, 70, 8);
        List<byte[]> files = List.of(
                Pixels.jpeg(waves, 0.9f, false),
                Pixels.encode(waves, "png"),
                Pixels.encode(waves, "bmp"),
                Pixels.encode(waves, "gif"));
        CropView view = new CropView(CropBox.cut(3, 2, 80, 60), 32, 32, false, 3);
        List<byte[]> expected = decodeAll(backend, files, view);
        ExecutorService workers = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<List<byte[]>>> results = new ArrayList<>();
            for (int i = 0; i < 10 * THREADS; i++) {
                results.add(workers.submit(() -> decodeAll(backend, files, view)));
            }
            for (Future<List<byte[]>> result : results) {
                assertThat(result.get()).usingRecursiveComparison().isEqualTo(expected);
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void closingWhileAnotherThreadDecodesStopsItCleanly(JpegBackend backend) throws Exception {
        byte[] file = Pixels.jpeg(Pixels.waves(200, 150, 9), 0.9f, false);
        CropView view = new CropView(CropBox.whole(200, 150), 32, 32, false, 3);
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < 20; i++) {
                ImageDecoder decoder = new ImageDecoder(backend);
                CountDownLatch decoding = new CountDownLatch(1);
                Future<?> busy = worker.submit(() -> decodeForever(decoder, file, view, decoding));
                decoding.await();
                decoder.close();
                assertThatThrownBy(busy::get).hasRootCauseMessage("this image decoder is closed");
            }
        } finally {
            worker.shutdownNow();
        }
    }

    private static Void decodeForever(ImageDecoder decoder, byte[] file, CropView view, CountDownLatch decoding)
            throws BadImageException {
        byte[] out = new byte[view.size()];
        while (true) {
            decoder.decode(file, view, out, 0);
            decoding.countDown();
        }
    }

    @Test
    void closingTwiceIsHarmless() {
        ImageDecoder decoder = new ImageDecoder(JpegBackend.AUTO);
        decoder.close();
        decoder.close();
        assertThat(decoder).isNotNull();
    }

    private static List<byte[]> decodeAll(JpegBackend backend, List<byte[]> files, CropView view) throws Exception {
        List<byte[]> views = new ArrayList<>();
        for (byte[] file : files) {
            views.add(decode(backend, file, view));
        }
        return views;
    }

    private static byte[] decode(JpegBackend backend, byte[] file, CropView view) throws Exception {
        byte[] out = new byte[view.size()];
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            decoder.decode(file, view, out, 0);
        }
        return out;
    }
}
