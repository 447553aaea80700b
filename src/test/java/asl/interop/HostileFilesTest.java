package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What promises much and holds little is refused in one line, in a heap of 64 MiB. */
final class HostileFilesTest {
    private static final long TEN_GB = 10_000_000_000L;

    @TempDir
    private Path folder;

    @Test
    void claimsTakeNoMemory() throws Exception {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(
                header("claim", "{'w':{'dtype':'F32','shape':[2500000000],'data_offsets':[0,10000000000]}}"), "claims");
        files.put(
                header(
                        "overlap",
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                                + "'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"),
                "begins at byte");
        files.put(
                header("shape", "{'w':{'dtype':'U8','shape':[0,9223372036854775807,2],'data_offsets':[0,0]}}"),
                "end at");
        files.put(
                header("sizes", "{'w':{'dtype':'F64','shape':[4611686018427387904,8],'data_offsets':[0,8]}}"),
                "claims the shape");
        Path longHeader = folder.resolve("long");
        Files.write(longHeader, eight(TEN_GB));
        files.put(longHeader, "claims a header of " + TEN_GB + " bytes");
        files.put(sparse(), "claims a header of " + (TEN_GB - 8) + " bytes");
        files.put(pickle("storage", new TensorInfo("w", DType.F32, 2_500_000_000L)), "claims 2500000000 elements");
        files.put(pickle("cut", new TensorInfo("w", DType.F32, 2), 40), "not a whole zip archive");
        files.put(flipped(), "does not match its checksum");
        files.put(npz("bomb.npz", 1 << 30), "claims to unpack");
        files.put(Fixtures.path("/interop/evil.pth"), "posix.system");
        files.put(Fixtures.path("/golden/tiny_mae.pth"), "read"); // so that the heap is known to do for good files
        List<String> lines = run(List.copyOf(files.keySet()));
        assertThat(lines).hasSameSizeAs(files.keySet());
        int line = 0;
        for (Map.Entry<Path, String> file : files.entrySet()) {
            assertThat(lines.get(line++)).startsWith(file.getKey() + ": ").contains(file.getValue());
        }
    }

    private static List<String> run(List<Path> files) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                HostileFiles.class.getName()));
        files.forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed.lines().toList();
    }

    private static byte[] eight(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    /** A safetensors file of a header and eight bytes of data. */
    private Path header(String name, String json) throws IOException {
        byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(16 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                folder.resolve(name), file.putLong(text.length).put(text).array());
    }

    /** As long as it claims, but of holes. */
    private Path sparse() throws IOException {
        Path path = folder.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(eight(TEN_GB - 8));
            file.setLength(TEN_GB);
        }
        return path;
    }

    private Path pickle(String name, TensorInfo tensor) throws IOException {
        Path file = folder.resolve(name);
        PickleWriter pickle = new PickleWriter();
        pickle.code('}').mark().text(tensor.name()).tensor(tensor, "0").code('u');
        try (TorchArchiveWriter archive = new TorchArchiveWriter(file)) {
            archive.add("data.pkl", pickle.finish());
            archive.add("data/0", new byte[8]);
        }
        return file;
    }

    private Path pickle(String name, TensorInfo tensor, int without) throws IOException {
        Path whole = pickle("whole_" + name, tensor);
        byte[] bytes = Files.readAllBytes(whole);
        return Files.write(folder.resolve(name), Arrays.copyOf(bytes, bytes.length - without));
    }

    private Path flipped() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.path("/golden/tiny_mae.pth"));
        bytes[bytes.length / 2] ^= 1;
        return Files.write(folder.resolve("flipped"), bytes);
    }

    /** One array that packs a thousand to one. */
    private Path npz(String name, int size) throws IOException {
        Path file = folder.resolve(name);
        byte[] header = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }"
                .formatted(size)
                .getBytes(StandardCharsets.US_ASCII);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length, 0});
            zip.write(header);
            byte[] zeros = new byte[1 << 20];
            for (int written = 0; written < size; written += zeros.length) {
                zip.write(zeros);
            }
            zip.closeEntry();
        }
        return file;
    }
}
