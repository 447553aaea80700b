package asl.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ImageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DecodeBenchTest {
    private static final Augmentation CROPS =
            new Augmentation(new RandomResizedCrop(0.2, 1, 0.75, 4 / 3.0), new ImageSize(24, 32), 3, 0.5);

    @TempDir
    private Path folder;

    @Test
    void cropsAreListedAsTheyAreMeasured() throws Exception {
        Path photo = folder.resolve("a photo.jpg");
        Files.write(photo, Pixels.jpeg(Pixels.waves(80, 60, 1), 0.9f, false));
        List<DecodeBench.Item> items = DecodeBench.draw(List.of(photo), CROPS, 3, 1);
        Path list = folder.resolve("crops.tsv");
        DecodeBench.writeCrops(list, items);
        assertThat(Files.readAllLines(list)).hasSize(3);
        CropView view = items.get(2).view();
        String flip = view.flip() ? "1" : "0";
        String[] fields = Files.readAllLines(list).get(2).split("\t", -1);
        assertThat(fields)
                .hasSize(8)
                .endsWith("32", "24", flip, photo.toAbsolutePath().toString());
        assertThat(Double.parseDouble(fields[0])).isEqualTo(view.box().x());
        assertThat(Double.parseDouble(fields[3])).isEqualTo(view.box().height());
    }

    @Test
    void roundsAreOrderedAndTheBackendIsTheOneUsed() throws Exception {
        Path photo = folder.resolve("photo.jpg");
        Files.write(photo, Pixels.jpeg(Pixels.waves(80, 60, 1), 0.9f, false));
        DecodeBench.Speed speed =
                DecodeBench.measure(JpegBackend.AUTO, DecodeBench.draw(List.of(photo), CROPS, 4, 1), 3);
        assertThat(speed.backend()).isEqualTo(JpegBackend.AUTO.resolve());
        assertThat(speed.min()).isPositive().isLessThanOrEqualTo(speed.median());
        assertThat(speed.max()).isGreaterThanOrEqualTo(speed.median());
    }

    @Test
    void aFileThatIsNoImageIsNamed() throws Exception {
        Path text = folder.resolve("text.jpg");
        Files.writeString(text, "not an image at all");
        assertThatThrownBy(() -> DecodeBench.draw(List.of(text), CROPS, 1, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text.jpg: not a JPEG");
    }
}
