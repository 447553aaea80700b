package asl.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding, cropping, resizing and flipping against Pillow. */
final class ImageDecoderGoldenTest {
    static List<GoldenCrops> crops() throws IOException {
        return GoldenCrops.all();
    }

    @ParameterizedTest
    @MethodSource("crops")
    void imageIoIsWithinOneLevelOfPillow(GoldenCrops crop) throws Exception {
        assertThat(difference(crop, JpegBackend.IMAGEIO)).isLessThan(0.6);
    }

    /** Chroma is resampled before it is converted, not after; so the two differ by a little more. */
    @ParameterizedTest
    @MethodSource("crops")
    void theFastestBackendIsWithinOneLevelOfPillow(GoldenCrops crop) throws Exception {
        assertThat(difference(crop, JpegBackend.AUTO)).isLessThan(1);
    }

    private static double difference(GoldenCrops crop, JpegBackend backend) throws Exception {
        byte[] out = new byte[crop.view().size()];
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            decoder.decode(crop.encoded(), crop.view(), out, 0);
        }
        return Pixels.meanDifference(out, crop.pixels());
    }
}
