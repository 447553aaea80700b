package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ConfigException;
import asl.config.LabelledDataConfig;
import asl.config.RunConfig.DataFormat;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledDataTest {
    @TempDir
    Path root;

    @Test
    void opensClassFolders() throws IOException {
        images("train/cat", 3);
        images("train/dog", 2);
        images("val/cat", 1);
        images("val/dog", 1);
        try (LabelledData data = LabelledData.open(config(DataFormat.AUTO), 0)) {
            assertThat(data.classNames()).containsExactly("cat", "dog");
            assertThat(LabelledData.labels(data.train())).containsExactly(0, 0, 0, 1, 1);
            assertThat(LabelledData.labels(data.val())).containsExactly(0, 1);
        }
    }

    @Test
    void namesClassesThatOnePartLacks() throws IOException {
        images("train/cat", 1);
        images("train/dog", 1);
        images("train/eel", 1);
        images("val/dog", 1);
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no image of 2 of 3 training classes: cat, eel");
        images("val/cat", 1);
        images("val/eel", 1);
        images("val/fox", 1);
        assertThatThrownBy(this::open).hasMessageContaining("1 classes that the training part does not have: fox");
    }

    @Test
    void namesAClassFolderWithoutAnImage() throws IOException {
        images("train/cat", 1);
        images("val/cat", 1);
        Files.createDirectories(root.resolve("train/bee"));
        Files.writeString(root.resolve("train/bee/notes.txt"), "none yet");
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigException.class)
                .hasMessage("data.root: " + root.resolve("train/bee")
                        + ": a class folder without an image; fill or remove it");
    }

    @Test
    void refusesToMeasureOnTheTrainingImages() throws IOException {
        images("cat", 1);
        images("dog", 1);
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("holds no folder 'val' beside the training images");
    }

    @Test
    void refusesImagesWithoutLabels() throws IOException {
        images("train", 2);
        images("val", 2);
        assertThatThrownBy(this::open).hasMessageContaining("its images have no labels");
    }

    @Test
    void namesLabelsOutOfRange() throws IOException {
        idx("train", 0, 1, 2);
        idx("t10k", 1, 0, 7);
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("label 7 of idx val")
                .hasMessageContaining("a validation image, is out of range: there are 3 classes, 0 to 2");
        assertThatThrownBy(() -> LabelledData.open(config(DataFormat.IDX), 2)).hasMessageContaining("label 2 of");
        try (LabelledData data = LabelledData.open(config(DataFormat.IDX), 10)) {
            assertThat(data.classNames()).hasSize(10).startsWith("0", "1");
        }
    }

    @Test
    void subsetsAreSpreadEvenly() throws IOException {
        idx("train", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        idx("t10k", 9);
        try (LabelledData data = LabelledData.open(config(DataFormat.IDX), 0)) {
            assertThat(LabelledData.labels(Subset.evenly(data.train(), 4))).containsExactly(0, 2, 5, 7);
            assertThat(Subset.evenly(data.train(), 0)).isSameAs(data.train());
            assertThat(Subset.evenly(data.train(), 10)).isSameAs(data.train());
        }
    }

    private LabelledData open() throws IOException {
        return LabelledData.open(config(DataFormat.AUTO), 0);
    }

    private LabelledDataConfig config(DataFormat format) {
        return new LabelledDataConfig(
                format,
                root.toString(),
                "train",
                "",
                "val",
                List.of(),
                List.of(),
                0.08,
                1,
                0.75,
                4 / 3.0,
                0.5,
                0.875,
                0.1,
                1,
                1);
    }

    private void images(String folder, int count) throws IOException {
        Path path = Files.createDirectories(root.resolve(folder));
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
            ImageIO.write(image, "png", path.resolve(i + ".png").toFile());
        }
    }

    private void idx(String prefix, int... labels) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 4 * labels.length);
        images.putInt(0x803).putInt(labels.length).putInt(2).putInt(2);
        Files.write(root.resolve(prefix + "-images-idx3-ubyte"), images.array());
        ByteBuffer classes = ByteBuffer.allocate(8 + labels.length);
        classes.putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            classes.put((byte) label);
        }
        Files.write(root.resolve(prefix + "-labels-idx1-ubyte"), classes.array());
    }
}
