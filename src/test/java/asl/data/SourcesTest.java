package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ConfigException;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import asl.data.ImageSource.Encoded;
import asl.data.ImageSource.Raw;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every layout, found by itself and by name, and what is said where nothing is found. */
final class SourcesTest {
    @TempDir
    private Path root;

    @Test
    void flatFolder() throws IOException {
        files("b.PNG", "a.jpg", ".hidden.jpg", "notes.txt");
        ImageSource source = open(DataFormat.AUTO, root, "train");
        assertThat(names(source)).containsExactly("a.jpg", "b.PNG");
        assertThat(source.label(0)).isEqualTo(ImageSource.NO_LABEL);
        assertThat(((Encoded) source.read(0)).bytes()).asString().isEqualTo("a.jpg");
    }

    @Test
    void classFoldersInSplits() throws IOException {
        files("train/dog/1.jpg", "train/cat/2.jpg", "train/cat/deep/3.webp", "val/dog/4.jpg");
        ImageSource train = open(DataFormat.AUTO, root, "train");
        assertThat(train.classNames()).containsExactly("cat", "dog");
        assertThat(names(train)).containsExactly("2.jpg", "3.webp", "1.jpg");
        assertThat(IntStream.range(0, 3).map(train::label)).containsExactly(0, 0, 1);
        assertThat(open(DataFormat.FOLDER, root, "val").size()).isEqualTo(1);
    }

    @Test
    void aSplitThatIsMissingBesideAnotherIsRefused() throws IOException {
        files("val/cat/1.jpg", "val/dog/2.jpg");
        assertThatThrownBy(() -> open(DataFormat.AUTO, root, "train"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no folder train")
                .hasMessageContaining("val")
                .hasMessageContaining("data.split");
        assertThat(open(DataFormat.AUTO, root, "").size()).isEqualTo(2); // no split: all of it
    }

    @Test
    void cocoFolder() throws IOException {
        files("annotations/a.json", "train2014/old.jpg", "train2017/1.jpg", "train2017/2.jpg", "val2017/3.jpg");
        assertThat(names(open(DataFormat.COCO, root, "train"))).containsExactly("1.jpg", "2.jpg");
        assertThat(names(open(DataFormat.COCO, root, "val"))).containsExactly("3.jpg");
    }

    @Test
    void listOfPaths() throws IOException {
        files("x/a.jpg", "b 7");
        Path list = Files.writeString(root.resolve("list.txt"), "# comment\nx/a.jpg\n\nb 7\n");
        assertThat(names(open(DataFormat.AUTO, list, ""))).containsExactly("a.jpg", "b 7");
        Path labelled = Files.writeString(root.resolve("labelled.txt"), "x/a.jpg 3\nb 7\t12\n");
        ImageSource source = open(DataFormat.LIST, labelled, "");
        assertThat(source.label(0)).isEqualTo(3);
        assertThat(source.label(1)).isEqualTo(12);
        Path mixed = Files.writeString(root.resolve("mixed.txt"), "x/a.jpg 3\nx/a.jpg\n");
        assertThatThrownBy(() -> open(DataFormat.LIST, mixed, ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("mixed.txt:2");
    }

    @Test
    void cifar() throws IOException {
        byte[] record = new byte[3073];
        record[0] = 7;
        record[1] = 11; // red of the first pixel
        record[1 + 1024] = 22;
        record[1 + 2048] = 33;
        write("cifar-10-batches-bin/data_batch_1.bin", record);
        write("cifar-10-batches-bin/data_batch_2.bin", record);
        write("cifar-10-batches-bin/test_batch.bin", record);
        ImageSource source = open(DataFormat.AUTO, root, "train");
        assertThat(source.size()).isEqualTo(2);
        assertThat(source.label(1)).isEqualTo(7);
        assertThat(((Raw) source.read(0)).image().pixels()).startsWith(11, 22, 33, 0);
        assertThat(open(DataFormat.CIFAR10, root, "test").size()).isEqualTo(1);
        write("cifar-10-batches-bin/test_batch.bin", new byte[100]);
        assertThatThrownBy(() -> open(DataFormat.CIFAR10, root, "test")).hasMessageContaining("3073");
    }

    @Test
    void cifar100TakesTheFineLabels() throws IOException {
        byte[] record = new byte[3074];
        record[0] = 1;
        record[1] = 99;
        write("train.bin", record);
        Files.writeString(root.resolve("fine_label_names.txt"), "apple\nbaby\n");
        ImageSource source = open(DataFormat.AUTO, root, "train");
        assertThat(source.label(0)).isEqualTo(99);
        assertThat(source.classNames()).containsExactly("apple", "baby");
    }

    @Test
    void idxPlainAndZipped() throws IOException {
        ByteBuffer images =
                ByteBuffer.allocate(16 + 8).putInt(0x803).putInt(2).putInt(2).putInt(2);
        images.put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        ByteBuffer labels =
                ByteBuffer.allocate(10).putInt(0x801).putInt(2).put((byte) 4).put((byte) 9);
        write("train-images-idx3-ubyte", images.array());
        write("train-labels-idx1-ubyte.gz", gzip(labels.array()));
        ImageSource source = open(DataFormat.AUTO, root, "train");
        assertThat(source.size()).isEqualTo(2);
        assertThat(((Raw) source.read(1)).image().pixels()).containsExactly(5, 6, 7, 8);
        assertThat(source.label(1)).isEqualTo(9);
        assertThatThrownBy(() -> open(DataFormat.IDX, root, "val")).hasMessageContaining("t10k-images-idx3-ubyte");
    }

    @Test
    void mixesNumberTheirImagesOneBehindTheOther() throws IOException {
        files("one/a.jpg", "two/b.jpg", "two/c.jpg");
        ImageSource mix = new MixedSource(
                List.of(open(DataFormat.AUTO, root.resolve("one"), ""), open(DataFormat.AUTO, root.resolve("two"), "")),
                List.of(0.0, 0.0));
        assertThat(names(mix)).containsExactly("a.jpg", "b.jpg", "c.jpg");
        assertThat(((Encoded) mix.read(2)).bytes()).asString().isEqualTo("two/c.jpg");
    }

    @Test
    void nothingFoundIsSaidInOneLine() throws IOException {
        files("notes.txt", "movie.mp4", "other.mp4");
        assertThatThrownBy(() -> open(DataFormat.AUTO, root, "train"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(root.toString())
                .hasMessageContaining("jpeg, jpg, png")
                .hasMessageContaining("2 files of .mp4")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> open(DataFormat.AUTO, root.resolve("no/where"), ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("exists as far as " + root);
    }

    private static ImageSource open(DataFormat format, Path path, String split) throws IOException {
        return Sources.open(new SourceConfig(format, path.toString(), split, 0));
    }

    private static List<String> names(ImageSource source) {
        return IntStream.range(0, source.size())
                .mapToObj(i -> Path.of(source.name(i)).getFileName().toString())
                .toList();
    }

    private void files(String... names) throws IOException {
        for (String name : names) {
            write(name, name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private void write(String name, byte[] content) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.write(root.resolve(name), content);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
