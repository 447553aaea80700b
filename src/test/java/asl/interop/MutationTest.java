package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import asl.interop.WholeFiles.Existing;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damages good files at random, and wants each read or refused by an IOException of one line that names the file, at the
 * cost of little memory. {@code -Dasl.fuzz.seconds=600} goes on so long for each file, {@code -Dasl.fuzz.seed} elsewhere.
 */
final class MutationTest {
    private static final long ROUNDS = 150;
    private static final long SECONDS = Long.getLong("asl.fuzz.seconds", 0);
    private static final long SEED = Long.getLong("asl.fuzz.seed", 1);
    /** What reading a file of some hundred kilobytes may allocate, over and over too. */
    private static final long MOST_MEMORY = 256L << 20;
    /** Values that lengths, counts and offsets break at. */
    private static final int[] EXTREMES = {0, 1, 0x7f, 0x80, 0xff};

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path folder;

    /** Makes a file of damaged bytes. */
    private interface Maker {
        void make(Path file, byte[] bytes) throws IOException;
    }

    /** Reads all that a file holds. */
    private interface Reader {
        void read(Path file) throws IOException;
    }

    @ParameterizedTest
    @ValueSource(strings = {"kinds.pth", "kinds_legacy.pth", "kinds_protocol4.pth", "script.pt", "compressed.npz"})
    void damagedFilesAreReadOrRefused(String name) throws IOException {
        hammer(name, Files.readAllBytes(Fixtures.path("/interop/" + name)), Files::write, MutationTest::readAll);
    }

    @Test
    void damagedOnnxIsReadOrRefused() throws IOException {
        Path good = folder.resolve("good.onnx");
        try (CanonicalWeights tiny = CheckpointReader.open(Fixtures.path("/golden/tiny_mae.pth"))) {
            ExportModel.Pixels pixels =
                    new ExportModel.Pixels(List.of(32, 32), List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
            new Exporter(
                            new ExportModel(tiny, new ExportModel.Heads(2, 2), pixels),
                            Contents.ENCODER,
                            Map.of("licence", "CC0"))
                    .write(ExportFormat.ONNX, good, Existing.KEEP);
        }
        hammer("onnx", Files.readAllBytes(good), Files::write, MutationTest::readAll);
    }

    /** The checksums of the zip are right, so that the damage gets to the pickle machine. */
    @ParameterizedTest
    @ValueSource(strings = {"kinds.pth", "kinds_protocol4.pth", "script.pt"})
    void damagedPicklesAreReadOrRefused(String name) throws IOException {
        Map<String, byte[]> entries = entries(Fixtures.path("/interop/" + name));
        byte[] pickle = Objects.requireNonNull(entries.remove("data.pkl"));
        hammer(
                name + " pickle",
                pickle,
                (file, bytes) -> {
                    try (TorchArchiveWriter archive = new TorchArchiveWriter(file)) {
                        archive.add("data.pkl", bytes);
                        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                            archive.add(entry.getKey(), entry.getValue());
                        }
                    }
                },
                MutationTest::readAll);
    }

    private static Map<String, byte[]> entries(Path file) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        try (ZipContents zip = ZipContents.open(file)) {
            for (String name : zip.names()) {
                ByteBuffer content = zip.read(name, Integer.MAX_VALUE);
                byte[] bytes = new byte[content.remaining()];
                content.get(bytes);
                entries.put(name.substring(name.indexOf('/') + 1), bytes);
            }
        }
        return entries;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damagedSafetensorsAreReadOrRefused(boolean metadata) throws IOException {
        hammer("safetensors " + metadata, safetensors(metadata), Files::write, MutationTest::readAll);
    }

    /** The length of the header is right, so that the damage gets to what it says. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damagedSafetensorsHeadersAreReadOrRefused(boolean metadata) throws IOException {
        byte[] good = safetensors(metadata);
        int length = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] data = Arrays.copyOfRange(good, 8 + length, good.length);
        hammer(
                "safetensors header " + metadata,
                Arrays.copyOfRange(good, 8, 8 + length),
                (file, bytes) -> {
                    ByteBuffer whole = ByteBuffer.allocate(8 + bytes.length + data.length);
                    whole.order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length);
                    Files.write(file, whole.put(bytes).put(data).array());
                },
                MutationTest::readAll);
    }

    private byte[] safetensors(boolean metadata) throws IOException {
        Path file = folder.resolve("good");
        try (PthFile kinds = PthFile.open(Fixtures.path("/interop/kinds.pth"))) {
            Safetensors.write(
                    file, metadata ? kinds.metadata() : Map.of(), kinds.tensors(), tensor -> kinds.data(tensor.name()));
        }
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damagedArraysAreReadOrRefused(boolean packed) throws IOException {
        Path good = folder.resolve("good.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(good, 2, 3)) {
            writer.append(new float[] {1, 2, 3, 4, 5, 6});
            writer.complete();
        }
        if (packed) {
            Maker npz = (file, bytes) -> NpzFile.pack(file, Map.of("a", Files.write(good, bytes)), Existing.REPLACE);
            hammer("npz", Files.readAllBytes(good), npz, MutationTest::readAll);
        } else {
            hammer(
                    "npy",
                    Files.readAllBytes(good),
                    Files::write,
                    file -> NpyFile.open(file).floats());
        }
    }

    private static void readAll(Path file) throws IOException {
        try (CanonicalWeights checkpoint = CheckpointReader.open(file)) {
            for (TensorInfo tensor : checkpoint.tensors()) {
                assertThat(checkpoint.floats(tensor.name())).hasSize((int) tensor.size());
            }
            checkpoint.architecture();
        }
    }

    private void hammer(String name, byte[] good, Maker maker, Reader reader) throws IOException {
        Path file = folder.resolve("mutant");
        long key = RandomStream.key(name);
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        long read = 0;
        long round = 0;
        for (; round < ROUNDS || System.nanoTime() < end; round++) {
            Files.deleteIfExists(file);
            maker.make(file, mutant(good, RandomStream.of(SEED, Purpose.INIT, key, round)));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                reader.read(file);
                read++;
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("mutant").hasMessageNotContaining("\n");
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError | AssertionError e) {
                throw new AssertionError(name + ", seed " + SEED + ", round " + round + ": " + e, e);
            }
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated for %s, seed %d, round %d", name, SEED, round)
                    .isLessThan(MOST_MEMORY);
        }
        if (SECONDS > 0) {
            System.out.println(name + ": " + round + " files, " + read + " of them read");
        }
        assertThat(read).as("some damage does not matter").isPositive().isLessThan(round);
    }

    private static byte[] mutant(byte[] good, RandomStream random) {
        byte[] bytes = good.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            bytes = changed(bytes, good, random);
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, byte[] good, RandomStream random) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(16), bytes.length - at);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) EXTREMES[random.nextInt(EXTREMES.length)];
            case 2 -> bytes[at] = (byte) random.nextInt(256);
            case 3 -> Arrays.fill(bytes, at, at + length, (byte) EXTREMES[random.nextInt(EXTREMES.length)]);
            case 4 -> Arrays.fill(bytes, at, at + Math.min(length, 4), (byte) ('0' + random.nextInt(10)));
            case 5 -> {
                return spliced(bytes, at, length, new byte[0]); // something is gone
            }
            case 6 -> {
                int from = random.nextInt(good.length);
                byte[] more = Arrays.copyOfRange(good, from, Math.min(good.length, from + 1 + random.nextInt(64)));
                return spliced(bytes, at, 0, more); // something comes twice
            }
            default -> {
                int from = random.nextInt(good.length - Math.min(length, good.length - 1));
                System.arraycopy(good, from, bytes, at, Math.min(length, good.length - from));
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int at, int without, byte[] more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(more);
        out.write(bytes, at + without, bytes.length - at - without);
        return out.toByteArray();
    }
}
