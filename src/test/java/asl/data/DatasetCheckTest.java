package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import asl.config.ImageSize;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import asl.data.image.Augmentation;
import asl.data.image.WholeImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a data set before a run: which images are bad, and its mean and deviation. */
final class DatasetCheckTest {
    private static final SampleTransform WHOLE =
            SampleTransform.of(new Augmentation(new WholeImage(), ImageSize.square(8), 3, 0));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void listsTheBadImagesInOrder(int threads) throws IOException {
        for (int i = 0; i < 300; i++) { // more than are handed out at a time
            Photographs.jpeg(path(i), 20, 30, i);
        }
        Photographs.truncate(path(7));
        Files.write(path(100), new byte[0]);
        Files.writeString(path(299), "a letter");
        Heard heard = new Heard();
        DatasetCheck check = DatasetCheck.of(open(), threads, heard);
        assertThat(check).isEqualTo(new DatasetCheck(300, 3));
        assertThat(heard.bad).extracting(DatasetCheck.BadImage::index).containsExactly(7, 100, 299);
        assertThat(heard.bad)
                .extracting(DatasetCheck.BadImage::reason)
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("truncated"),
                        reason -> assertThat(reason).contains("empty"),
                        reason -> assertThat(reason).contains("not a JPEG"));
        assertThat(heard.progress).isSorted().endsWith(300);
    }

    @Test
    void statsAreThoseOfThePixels() throws IOException {
        plain("black.png", 0x000000);
        plain("red.png", 0xff0000);
        plain("violet.png", 0xff00ff);
        Files.write(folder.resolve("bad.png"), new byte[0]);
        DatasetStats stats = DatasetStats.of(open(), WHOLE, 3, 0);
        assertThat(stats.images()).isEqualTo(3);
        assertThat(stats.bad()).isEqualTo(1);
        assertThat(stats.mean().get(0)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(stats.mean().get(1)).isZero();
        assertThat(stats.mean().get(2)).isCloseTo(1 / 3.0, within(1e-12));
        double deviation = Math.sqrt(2) / 3; // of 0, 1, 1 and of 0, 0, 1
        assertThat(stats.std().get(0)).isCloseTo(deviation, within(1e-12));
        assertThat(stats.std().get(1)).isZero();
        assertThat(stats.std().get(2)).isCloseTo(deviation, within(1e-12));
    }

    @Test
    void statsOfNothingAreRefused() throws IOException {
        Files.write(folder.resolve("bad.png"), new byte[0]);
        assertThatThrownBy(() -> DatasetStats.of(open(), WHOLE, 3, 0)).hasMessageContaining("not one image");
    }

    private ImageSource open() throws IOException {
        return Sources.open(new SourceConfig(DataFormat.FOLDER, folder.toString(), "", 0));
    }

    private Path path(int index) {
        return folder.resolve("%03d.jpg".formatted(index));
    }

    private void plain(String name, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 64; p++) {
            image.setRGB(p % 8, p / 8, rgb);
        }
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }

    private static final class Heard implements DatasetCheck.Listener {
        private final List<DatasetCheck.BadImage> bad = new ArrayList<>();
        private final List<Integer> progress = new ArrayList<>();

        @Override
        public void bad(DatasetCheck.BadImage image) {
            bad.add(image);
        }

        @Override
        public void progress(int done, int images) {
            progress.add(done);
        }
    }
}
