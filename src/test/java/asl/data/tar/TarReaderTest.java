package asl.data.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarReaderTest {
    private static final String LONG = "folder/".repeat(30) + "grün.jpg";

    @TempDir
    private Path folder;

    private Path archive;

    @BeforeEach
    void pack() throws IOException {
        archive = folder.resolve("a.tar");
        try (TarWriter writer = new TarWriter(Files.newOutputStream(archive))) {
            writer.add("one.cls", bytes(1));
            writer.add(LONG, bytes(5000));
            writer.add("empty", bytes(0));
            writer.add("block", bytes(512));
        }
    }

    @Test
    void readsWhatWasWritten() throws IOException {
        Map<String, byte[]> members = read(archive);
        assertThat(members.keySet()).containsExactly("one.cls", LONG, "empty", "block");
        members.values().forEach(content -> assertThat(content).isEqualTo(bytes(content.length)));
        assertThat(members.get(LONG)).hasSize(5000);
    }

    @Test
    void gnuTarReadsWhatWasWritten() throws IOException, InterruptedException {
        run("tar", "-xf", archive.toString());
        assertThat(folder.resolve(LONG)).hasBinaryContent(bytes(5000));
        assertThat(folder.resolve("block")).hasBinaryContent(bytes(512));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "pax", "ustar", "v7"})
    void readsArchivesOfGnuTar(String format) throws IOException, InterruptedException {
        Path deep = folder.resolve("in/" + "long-folder-name/".repeat(8));
        String name =
                deep.resolve("x.jpg").toString().substring(folder.toString().length() + 4);
        Path file = format.equals("v7") ? folder.resolve("in/x.jpg") : deep.resolve("x.jpg");
        Files.createDirectories(file.getParent());
        Files.write(file, bytes(700));
        Files.createSymbolicLink(folder.resolve("in/link"), Path.of("x.jpg"));
        run("tar", "--format=" + format, "-C", folder + "/in", "-cf", "b.tar", ".");
        Map<String, byte[]> members = read(folder.resolve("b.tar"));
        assertThat(members).hasSize(1);
        assertThat(members.keySet()).containsExactly(format.equals("v7") ? "./x.jpg" : "./" + name);
        assertThat(members.values()).containsExactly(bytes(700));
    }

    @Test
    void readsSizesInBytesRatherThanDigits() throws IOException {
        byte[] whole = Files.readAllBytes(archive);
        byte[] size = {(byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        System.arraycopy(size, 0, whole, TarHeader.SIZE, size.length);
        Files.write(archive, summed(whole));
        assertThat(read(archive)).containsKeys("one.cls", "block");
    }

    @Test
    void namesTheOffsetOfAWrongChecksum() throws IOException {
        byte[] whole = Files.readAllBytes(archive);
        whole[1024] ^= 1; // the second header's first byte
        Files.write(archive, whole);
        assertThatThrownBy(() -> read(archive))
                .isInstanceOf(IOException.class)
                .hasMessage(archive + ": at offset 1024: a header with a wrong checksum; the archive is damaged, or no"
                        + " tar file");
    }

    @Test
    void namesTheOffsetOfAMemberThatIsLongerThanTheArchive() throws IOException {
        byte[] whole = Files.readAllBytes(archive);
        byte[] digits = "77777777777".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, whole, TarHeader.SIZE, digits.length);
        Files.write(archive, summed(whole));
        assertThatThrownBy(() -> read(archive))
                .hasMessageContaining(archive + ": at offset 0: a member of 8589934591 bytes");
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(archive);
        for (int length = 0; length <= whole.length - 2 * TarHeader.BLOCK; length += 100) {
            Path cut = Files.write(folder.resolve("cut.tar"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> read(cut))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cut.tar: at offset ");
        }
    }

    @Test
    void anExtendedHeaderWithoutSenseIsDamage() throws IOException {
        byte[] whole = Files.readAllBytes(archive);
        whole[2 * TarHeader.BLOCK + TarHeader.BLOCK] = 'x'; // where the pax record's length stands
        Files.write(archive, whole);
        assertThatThrownBy(() -> read(archive))
                .hasMessageContaining("at offset 1024: an extended header that cannot be read");
    }

    @Test
    void anArchiveThatShrinksIsNoticed() throws IOException {
        try (TarReader reader = new TarReader(archive)) {
            TarMember first = reader.next().orElseThrow();
            TarMember second = reader.next().orElseThrow();
            try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
                file.setLength(first.offset());
            }
            assertThatThrownBy(() -> reader.read(second)).hasMessageContaining("became shorter");
        }
    }

    /** With the first header's checksum put right. */
    private static byte[] summed(byte[] whole) {
        byte[] header = Arrays.copyOf(whole, TarHeader.BLOCK);
        String sum = "%06o".formatted(TarHeader.sum(header, 0xff));
        System.arraycopy(sum.getBytes(StandardCharsets.US_ASCII), 0, whole, TarHeader.CHECKSUM, 6);
        return whole;
    }

    private static Map<String, byte[]> read(Path archive) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        try (TarReader reader = new TarReader(archive)) {
            for (Optional<TarMember> next = reader.next(); next.isPresent(); next = reader.next()) {
                members.put(next.get().name(), reader.read(next.get()));
            }
        }
        return members;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + 7);
        }
        return bytes;
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
