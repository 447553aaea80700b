package asl.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import asl.config.ImageSize;
import asl.random.RandomStream;
import org.junit.jupiter.api.Test;

final class CroppersTest {
    private static final int DRAWS = 20_000;

    @Test
    void areaIsUniformAndRatioLogUniform() {
        RandomResizedCrop crop = new RandomResizedCrop(0.2, 0.5, 0.75, 4 / 3.0);
        double area = 0;
        double logRatio = 0;
        for (int i = 0; i < DRAWS; i++) {
            CropBox box = crop.draw(1000, 1000, stream(i));
            assertInside(box, 1000, 1000);
            double share = box.width() * box.height() / 1e6;
            assertThat(share).isBetween(0.199, 0.501);
            area += share;
            logRatio += Math.log(box.width() / box.height());
        }
        assertThat(area / DRAWS).isCloseTo(0.35, within(0.003));
        assertThat(logRatio / DRAWS).isCloseTo(0, within(0.005));
    }

    @Test
    void everyPositionIsReachedTheLastIncluded() {
        RandomResizedCrop crop = new RandomResizedCrop(0.25, 0.25, 1, 1);
        boolean[][] seen = new boolean[3][3];
        for (int i = 0; i < 500; i++) {
            CropBox box = crop.draw(4, 4, stream(i));
            assertThat(box.width()).isEqualTo(2);
            seen[(int) box.x()][(int) box.y()] = true;
        }
        assertThat(seen).isDeepEqualTo(new boolean[][] {{true, true, true}, {true, true, true}, {true, true, true}});
    }

    /** No box of ratio 3/4 to 4/3 and at least 9/10 of the area fits a strip. */
    @Test
    void stripsFallBackToTheLargestCentralBox() {
        RandomResizedCrop crop = new RandomResizedCrop(0.9, 1, 0.75, 4 / 3.0);
        assertThat(crop.draw(1000, 30, stream(0))).isEqualTo(CropBox.cut(480, 0, 40, 30));
        assertThat(crop.draw(30, 1000, stream(0))).isEqualTo(CropBox.cut(0, 480, 30, 40));
    }

    @Test
    void tfStyleCropIsClippedWhereTheOtherDrawsAgain() {
        TfStyleCrop crop = new TfStyleCrop(0.9, 1, 0.75, 4 / 3.0);
        for (int i = 0; i < 200; i++) {
            CropBox box = crop.draw(1000, 30, stream(i));
            assertInside(box, 1000, 30);
            assertThat(box.height()).isEqualTo(30);
        }
    }

    @Test
    void centerCropIsResizeThenCrop() {
        CropBox box = new CenterCrop(256, 224, 224).draw(500, 375, stream(0));
        double scale = 500 / 341.0; // 256 * 500 / 375 = 341.33, truncated
        assertThat(box.cut()).isFalse();
        assertThat(box.x()).isCloseTo(58 * scale, within(1e-9)); // (341 - 224) / 2 = 58.5 to even
        assertThat(box.y()).isCloseTo(16 * 375 / 256.0, within(1e-9));
        assertThat(box.width()).isCloseTo(224 * scale, within(1e-9));
    }

    @Test
    void theViewOfOneStreamIsAlwaysTheSame() {
        Augmentation augmentation =
                new Augmentation(new RandomResizedCrop(0.2, 1, 0.75, 4 / 3.0), ImageSize.square(32), 3, 0.5);
        CropView first = augmentation.draw(640, 480, stream(7));
        assertThat(augmentation.draw(640, 480, stream(7))).isEqualTo(first);
        int flips = 0;
        for (int i = 0; i < 2000; i++) {
            flips += augmentation.draw(640, 480, stream(i)).flip() ? 1 : 0;
        }
        assertThat(flips).isBetween(900, 1100);
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> new RandomResizedCrop(0, 1, 0.75, 1.33)).hasMessageContaining("crop scale");
        assertThatThrownBy(() -> new TfStyleCrop(0.2, 1, 2, 1)).hasMessageContaining("crop ratio");
        assertThatThrownBy(() -> new CenterCrop(200, 224, 224)).hasMessageContaining("cannot cut 224x224");
    }

    private static RandomStream stream(int sample) {
        return RandomStream.of(1, RandomStream.Purpose.CROP, 0, sample);
    }

    private static void assertInside(CropBox box, int width, int height) {
        assertThat(box.x() + box.width()).isLessThanOrEqualTo(width);
        assertThat(box.y() + box.height()).isLessThanOrEqualTo(height);
    }
}
