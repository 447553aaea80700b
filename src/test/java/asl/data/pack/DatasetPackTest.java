package asl.data.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ConfigException;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import asl.data.ImageSource;
import asl.data.ImageSource.Encoded;
import asl.data.ImageSource.Raw;
import asl.data.LabelledData;
import asl.data.Photographs;
import asl.data.Sources;
import asl.data.image.ImageInfo;
import asl.data.tar.TarMember;
import asl.data.tar.TarReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatasetPackTest {
    private static final PackOptions BY_THREE = new PackOptions(3, 0, 90, false, 0);

    @TempDir
    private Path root;

    private final List<String> bad = new ArrayList<>();

    @Test
    void readsAsItsSource() throws IOException {
        photographs(8);
        try (ImageSource source = open(root.resolve("in"))) {
            assertThat(pack(source, "out", BY_THREE)).isEqualTo(new DatasetPack.Result(8, 0, 3, 0));
            try (ImageSource shards = open(root.resolve("out"))) {
                assertThat(shards.size()).isEqualTo(source.size());
                assertThat(shards.classNames()).containsExactly("cat", "dog");
                for (int i = 0; i < source.size(); i++) {
                    assertThat(shards.key(i)).isEqualTo(source.key(i));
                    assertThat(shards.label(i)).isEqualTo(source.label(i));
                    assertThat(bytes(shards, i)).isEqualTo(bytes(source, i));
                }
                assertThat(shards.partStarts()).containsExactly(0, 3, 6);
            }
        }
    }

    @Test
    void pixelsAreKeptWithoutLoss() throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 2 * 6)
                .putInt(0x803)
                .putInt(2)
                .putInt(2)
                .putInt(3);
        images.put(new byte[] {1, 2, 3, 4, 5, 6, 7, 80, (byte) 200, 10, 11, (byte) 255});
        Files.createDirectories(root.resolve("in"));
        Files.write(root.resolve("in/train-images-idx3-ubyte"), images.array());
        ByteBuffer labels =
                ByteBuffer.allocate(10).putInt(0x801).putInt(2).put((byte) 4).put((byte) 9);
        Files.write(root.resolve("in/train-labels-idx1-ubyte"), labels.array());
        try (ImageSource source = open(root.resolve("in"))) {
            pack(source, "out", BY_THREE);
            try (ImageSource shards = open(root.resolve("out"))) {
                assertThat(LabelledData.labels(shards)).containsExactly(4, 9);
                BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(shards, 1)));
                byte[] pixels = ((Raw) source.read(1)).image().pixels();
                for (int i = 0; i < pixels.length; i++) {
                    assertThat(image.getRaster().getSample(i % 3, i / 3, 0)).isEqualTo(pixels[i] & 0xff);
                }
            }
        }
    }

    @Test
    void onlyLargeImagesAreResized() throws Exception {
        Photographs.jpeg(root.resolve("in/a.jpg"), 60, 40, 1);
        Photographs.write(root.resolve("in/b.png"), "png", 40, 100, 2);
        Photographs.jpeg(root.resolve("in/c.jpg"), 20, 90, 3);
        try (ImageSource source = open(root.resolve("in"))) {
            pack(source, "out", new PackOptions(10, 20, 80, false, 0));
            try (ImageSource shards = open(root.resolve("out"))) {
                assertThat(keys(shards)).containsExactly("a.jpg", "b.jpg", "c.jpg");
                assertThat(size(bytes(shards, 0))).isEqualTo("30x20 JPEG");
                assertThat(size(bytes(shards, 1))).isEqualTo("20x50 JPEG");
                assertThat(bytes(shards, 2)).isEqualTo(bytes(source, 2));
            }
        }
        assertThat(members(root.resolve("out/shard-000000.tar")))
                .containsEntry("b.json", "{\"path\": \"b.png\"}")
                .doesNotContainKey("a.json");
    }

    @Test
    void goesOnWhereItWasStoppedWithTheSameBytes() throws IOException {
        photographs(8);
        try (ImageSource source = open(root.resolve("in"))) {
            pack(source, "whole", BY_THREE);
            assertThatThrownBy(() -> DatasetPack.run(source, target("out", false), BY_THREE, 2, new StopsAt(5)))
                    .hasMessage("stopped");
            assertThat(names("out")).contains("shard-000000.tar").doesNotContain("shard-000001.tar");
            assertThat(pack(source, "out", BY_THREE)).isEqualTo(new DatasetPack.Result(8, 0, 3, 1));
        }
        assertThat(names("out")).isEqualTo(names("whole"));
        for (String name : names("whole")) {
            assertThat(root.resolve("out").resolve(name))
                    .hasBinaryContent(Files.readAllBytes(root.resolve("whole").resolve(name)));
        }
    }

    @Test
    void othersSettingsAreRefused() throws IOException {
        photographs(4);
        try (ImageSource source = open(root.resolve("in"))) {
            pack(source, "out", BY_THREE);
            PackOptions byTwo = new PackOptions(2, 0, 90, false, 0);
            assertThatThrownBy(() -> pack(source, "out", byTwo))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("(shard_size: 3)")
                    .hasMessageContaining("--overwrite");
            assertThat(DatasetPack.run(source, target("out", true), byTwo, 2, new Ignores())
                            .shards())
                    .isEqualTo(2);
            assertThat(names("out")).contains("shard-000001.tar");
        }
        photographs(5);
        try (ImageSource more = open(root.resolve("in"))) {
            assertThatThrownBy(() -> pack(more, "out", BY_THREE)).isInstanceOf(ConfigException.class);
            Files.delete(root.resolve("out/manifest.yaml"));
            assertThatThrownBy(() -> pack(more, "out", BY_THREE))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("holds shard-000000.tar, but no manifest.yaml");
        }
    }

    @Test
    void oneProcessAtATimeWrites() throws IOException {
        photographs(2);
        try (ImageSource source = open(root.resolve("in"));
                PackFolder other = new PackFolder(root.resolve("out"))) {
            assertThat(other.shard(0)).doesNotExist();
            assertThatThrownBy(() -> pack(source, "out", BY_THREE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another asl data pack");
        }
    }

    @Test
    void badImagesAreNamedAndLeftOut() throws IOException {
        photographs(3);
        Photographs.truncate(root.resolve("in/cat/0.jpg"));
        Files.writeString(root.resolve("in/dog/letter.jpg"), "a letter");
        try (ImageSource source = open(root.resolve("in"))) {
            assertThat(pack(source, "out", BY_THREE)).isEqualTo(new DatasetPack.Result(2, 2, 2, 0));
            assertThat(pack(source, "out", BY_THREE)).isEqualTo(new DatasetPack.Result(2, 2, 2, 2));
        }
        assertThat(bad).hasSize(2).first().asString().startsWith(root.resolve("in/cat/0.jpg") + ": truncated");
    }

    @Test
    void namesThatWebDatasetWouldMixUpAreKeptApart() throws IOException {
        for (String name : List.of("a.jpg", "a.png", "b.v1.jpg", "b.v2.jpg", "b_v1.png")) {
            Photographs.write(root.resolve("in").resolve(name), name.endsWith("png") ? "png" : "jpg", 8, 8, 1);
        }
        try (ImageSource source = open(root.resolve("in"))) {
            pack(source, "out", new PackOptions(10, 0, 90, false, 0));
        }
        Map<String, String> members = members(root.resolve("out/shard-000000.tar"));
        assertThat(members.keySet())
                .containsExactlyInAnyOrder(
                        "a.jpg",
                        "a-2.png",
                        "a-2.json",
                        "b_v1.jpg",
                        "b_v1.json",
                        "b_v2.jpg",
                        "b_v2.json",
                        "b_v1-2.png",
                        "b_v1-2.json");
        assertThat(members).containsEntry("b_v1-2.json", "{\"path\": \"b_v1.png\"}");
    }

    @Test
    void aRandomOrderFollowsFromTheSeed() throws IOException {
        photographs(9);
        try (ImageSource source = open(root.resolve("in"))) {
            List<List<String>> orders = new ArrayList<>();
            for (long seed : new long[] {1, 1, 2}) {
                String folder = "out" + orders.size();
                pack(source, folder, new PackOptions(4, 0, 90, true, seed));
                try (ImageSource shards = open(root.resolve(folder))) {
                    orders.add(keys(shards));
                }
            }
            assertThat(orders.get(0))
                    .containsExactlyInAnyOrderElementsOf(keys(source))
                    .isNotEqualTo(keys(source));
            assertThat(orders.get(1)).isEqualTo(orders.get(0));
            assertThat(orders.get(2)).isNotEqualTo(orders.get(0));
        }
    }

    /** Of two classes. */
    private void photographs(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Photographs.jpeg(root.resolve("in/" + (i % 3 == 0 ? "cat/" : "dog/") + i + ".jpg"), 16, 16, i);
        }
    }

    private DatasetPack.Result pack(ImageSource source, String folder, PackOptions options) throws IOException {
        return DatasetPack.run(source, target(folder, false), options, 2, new Ignores());
    }

    private DatasetPack.Target target(String folder, boolean overwrite) {
        return new DatasetPack.Target(root.resolve(folder), overwrite);
    }

    private List<String> names(String folder) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(folder))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static Map<String, String> members(Path shard) throws IOException {
        Map<String, String> members = new TreeMap<>();
        try (TarReader reader = new TarReader(shard)) {
            for (Optional<TarMember> next = reader.next(); next.isPresent(); next = reader.next()) {
                members.put(next.get().name(), new String(reader.read(next.get()), StandardCharsets.UTF_8));
            }
        }
        return members;
    }

    private static String size(byte[] encoded) throws Exception {
        ImageInfo info = ImageInfo.probe(encoded);
        return info.width() + "x" + info.height() + " " + info.format();
    }

    private static byte[] bytes(ImageSource source, int index) throws IOException {
        return ((Encoded) source.read(index)).bytes();
    }

    private static List<String> keys(ImageSource source) {
        return IntStream.range(0, source.size()).mapToObj(source::key).toList();
    }

    private static ImageSource open(Path path) throws IOException {
        return Sources.open(new SourceConfig(DataFormat.AUTO, path.toString(), "train", 0));
    }

    private class Ignores implements DatasetPack.Listener {
        @Override
        public void bad(String name, String reason) {
            bad.add(name + ": " + reason);
        }

        @Override
        public void progress(DatasetPack.Progress progress) {}
    }

    /** As if the process ended there. */
    private final class StopsAt extends Ignores {
        private final int image;

        StopsAt(int image) {
            this.image = image;
        }

        @Override
        public void progress(DatasetPack.Progress progress) {
            if (progress.done() == image) {
                throw new IllegalStateException("stopped");
            }
        }
    }
}
