package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ConfigException;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import asl.data.ImageSource.Encoded;
import asl.data.tar.TarWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShardLayoutTest {
    @TempDir
    private Path root;

    @Test
    void findsImagesAndLabelsOfAllShards() throws IOException {
        shard("b.tar", "d/2.cls", "1\n", "d/2.png", "two");
        shard("a.tar", "0.jpg", "zero", "0.cls", "4", "d/1.JPEG", "one", "d/1.cls", "0", "d/1.json", "{}");
        Files.writeString(root.resolve("classes.txt"), "cat\ndog\n");
        try (ImageSource source = open(DataFormat.AUTO, root, "train")) {
            assertThat(keys(source)).containsExactly("0.jpg", "d/1.JPEG", "d/2.png");
            assertThat(LabelledData.labels(source)).containsExactly(4, 0, 1);
            assertThat(source.classNames()).containsExactly("cat", "dog");
            assertThat(source.name(2)).isEqualTo(root.resolve("b.tar") + ":d/2.png");
            assertThat(((Encoded) source.read(1)).bytes()).asString().isEqualTo("one");
            assertThat(((Encoded) source.read(2)).bytes()).asString().isEqualTo("two");
            assertThat(source.partStarts()).containsExactly(0, 2);
        }
    }

    @Test
    void aSampleHasOneImageUnlessItsNamesAreThoseOfImagesOnly() throws IOException {
        shard("a.tar", "x.jpg", "", "x.mask.png", "", "y.1.jpg", "", "y.2.jpg", "", "._z.jpg", "", "notes.txt", "");
        try (ImageSource source = open(DataFormat.SHARDS, root.resolve("a.tar"), "")) {
            assertThat(keys(source)).containsExactly("x.jpg", "y.1.jpg", "y.2.jpg");
            assertThat(source.label(0)).isEqualTo(ImageSource.NO_LABEL);
        }
    }

    @Test
    void splitsAreFoldersOrNames() throws IOException {
        shard("set-train-0.tar", "a.jpg", "");
        shard("set-validation-0.tar", "b.jpg", "");
        assertThat(keys(open(DataFormat.AUTO, root, "train"))).containsExactly("a.jpg");
        assertThat(keys(open(DataFormat.AUTO, root, "val"))).containsExactly("b.jpg");
        assertThat(keys(open(DataFormat.AUTO, root, ""))).containsExactly("a.jpg", "b.jpg");
        assertThatThrownBy(() -> open(DataFormat.AUTO, root, "test"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none has 'test' in its name");
        shard("folders/train/0.tar", "c.jpg", "");
        shard("folders/val/0.tar", "d.jpg", "");
        assertThat(keys(open(DataFormat.AUTO, root.resolve("folders"), "val"))).containsExactly("d.jpg");
        assertThatThrownBy(() -> open(DataFormat.SHARDS, root.resolve("folders"), "test"))
                .hasMessageContaining("no folder test there, but train, val");
    }

    @Test
    void foldersOfImagesAreNoShards() throws IOException {
        shard("a.tar", "a.jpg", "");
        Photographs.jpeg(root.resolve("b.jpg"), 8, 8, 0);
        assertThat(keys(open(DataFormat.AUTO, root, ""))).containsExactly("b.jpg");
    }

    @Test
    void nothingToReadIsSaidInOneLine() throws IOException {
        Path empty = Files.createDirectories(root.resolve("empty"));
        assertThatThrownBy(() -> open(DataFormat.SHARDS, empty, ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no *.tar there");
        shard("none/a.tar", "a.txt", "");
        assertThatThrownBy(() -> open(DataFormat.SHARDS, root.resolve("none"), ""))
                .hasMessageContaining("no image in its 1 shards");
        shard("odd/a.tar", "a.jpg", "", "a.cls", "cat");
        assertThatThrownBy(() -> open(DataFormat.SHARDS, root.resolve("odd"), ""))
                .hasMessageContaining("at offset 1024: a.cls holds no class number");
        Files.writeString(root.resolve("odd/b.tar"), "no archive".repeat(100));
        assertThatThrownBy(() -> open(DataFormat.SHARDS, root.resolve("odd/b.tar"), ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("b.tar: at offset 0: a header with a wrong checksum");
    }

    @Test
    void readingSurvivesAnInterruptedThread() throws IOException {
        shard("a.tar", "a.jpg", "one", "b.jpg", "two");
        try (ImageSource source = open(DataFormat.AUTO, root, "")) {
            Thread.currentThread().interrupt();
            assertThat(((Encoded) source.read(0)).bytes()).asString().isEqualTo("one");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(((Encoded) source.read(1)).bytes()).asString().isEqualTo("two");
        }
    }

    @Test
    void moreShardsThanFilesMayBeOpen() throws IOException {
        for (int i = 0; i < 300; i++) {
            shard("%03d.tar".formatted(i), "x.jpg", "image " + i);
        }
        try (ImageSource source = open(DataFormat.AUTO, root, "")) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 300; i++) {
                    assertThat(((Encoded) source.read(i)).bytes()).asString().isEqualTo("image " + i);
                }
            }
        }
    }

    @Test
    void aShardThatWasCutSinceIsNoticed() throws IOException {
        shard("a.tar", "a.jpg", "one", "b.jpg", "two");
        try (ImageSource source = open(DataFormat.AUTO, root, "")) {
            Files.write(root.resolve("a.tar"), new byte[100]);
            assertThatThrownBy(() -> source.read(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("it was cut short");
        }
    }

    /** Names and contents in turn. */
    private void shard(String file, String... members) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        try (TarWriter writer = new TarWriter(Files.newOutputStream(path))) {
            for (int i = 0; i < members.length; i += 2) {
                writer.add(members[i], members[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static List<String> keys(ImageSource source) {
        return IntStream.range(0, source.size()).mapToObj(source::key).toList();
    }

    private static ImageSource open(DataFormat format, Path path, String split) throws IOException {
        return Sources.open(new SourceConfig(format, path.toString(), split, 0));
    }
}
