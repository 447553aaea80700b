package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.interop.WholeFiles.Existing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyFileTest {
    @TempDir
    Path folder;

    /** Rows so long that two of them are read at a time. */
    @Test
    void someRowsAreReadAlone() throws IOException {
        int width = 1 << 19;
        Path file = folder.resolve("rows.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(file, width)) {
            for (int row = 0; row < 6; row++) {
                float[] values = new float[width];
                Arrays.fill(values, row);
                writer.append(values);
            }
            writer.complete();
        }
        float[] read = NpyFile.open(file).floatRows(1, 3, 4);
        assertThat(read).hasSize(3 * width);
        assertThat(List.of(read[0], read[width - 1], read[width], read[2 * width], read[3 * width - 1]))
                .containsExactly(1f, 1f, 3f, 4f, 4f);
        assertThat(NpyFile.open(file).floatRows()).isEmpty();
    }

    @Test
    void readsWhatWasWrittenRowByRow() throws IOException {
        Path path = folder.resolve("features.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(path, 3)) {
            writer.append(new float[] {1, 2, 3, 4, 5, 6});
            assertThat(path).doesNotExist();
            writer.append(new float[] {-7.5f, Float.NaN, 1e-30f});
            writer.complete();
        }
        NpyFile file = NpyFile.open(path);
        assertThat(file.shape()).containsExactly(3L, 3L);
        assertThat(file.floats()).containsExactly(1, 2, 3, 4, 5, 6, -7.5f, Float.NaN, 1e-30f);
        assertThatThrownBy(file::ints).hasMessageContaining("holds <f4, expected <i4");
    }

    /** The layout that numpy.save gives, byte for byte: the header ends at a multiple of 64 with a line feed. */
    @Test
    void headerIsNumpysFormatOne() throws IOException {
        Path path = folder.resolve("labels.npy");
        try (NpyWriter writer = NpyWriter.ofInts(path)) {
            writer.append(new int[] {5, -1});
            writer.complete();
        }
        byte[] bytes = Files.readAllBytes(path);
        assertThat(bytes).hasSize(128 + 8).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
        String header = new String(bytes, 10, 118, StandardCharsets.US_ASCII);
        assertThat(header)
                .startsWith("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }")
                .endsWith(" \n");
        assertThat(NpyFile.open(path).ints()).containsExactly(5, -1);
    }

    @Test
    void refusesRowsOfAnotherLengthOrType() throws IOException {
        try (NpyWriter writer = NpyWriter.ofFloats(folder.resolve("a.npy"), 2, 2)) {
            assertThatThrownBy(() -> writer.append(new float[5])).hasMessageContaining("rows of 4 values");
            assertThatThrownBy(() -> writer.append(new int[4])).hasMessageContaining("of <f4");
        }
    }

    @Test
    void namesFilesThatCannotBeRead() throws IOException {
        Path text = Files.writeString(folder.resolve("a.npy"), "not an array at all");
        assertThatThrownBy(() -> NpyFile.open(text)).hasMessage(text + ": not a .npy file");

        Path whole = folder.resolve("b.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(whole)) {
            writer.append(new float[10]);
            writer.complete();
        }
        Path cut = Files.write(folder.resolve("c.npy"), Arrays.copyOf(Files.readAllBytes(whole), 150));
        assertThatThrownBy(() -> NpyFile.open(cut))
                .hasMessage(cut + ": claims <f4 [10] in 150 bytes: cut short, or not whole");
    }

    @Test
    void whatWasNotCompletedLeavesNothing() throws IOException {
        try (NpyWriter writer = NpyWriter.ofFloats(folder.resolve("a.npy"))) {
            writer.append(new float[10]);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 |  60000 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                "2 |  2147483647 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                "2 | -1 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                "2 | -12 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                "9 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': True, 'shape': (2,), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (2 2,), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387906,), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
                "1 |  0 | {'descr': '<f4', 'fortran_order': False, 'shape': (2500000000,), }",
                "1 |  0 | {'descr': '<f8', 'fortran_order': False, 'shape': (2,), }",
                "1 |  0 | {'descr': '>f4', 'fortran_order': False, 'shape': (2,), }",
                "1 |  0 | {'descr': 'O', 'fortran_order': False, 'shape': (2,), }",
                "1 |  0 | a header of another kind"
            })
    void badHeadersAreRefusedInOneLine(int version, int more, String header) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(8 + (version == 1 ? 2 : 4) + text.length + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            bytes.putShort((short) (text.length + more));
        } else {
            bytes.putInt(more == 0 ? text.length : more);
        }
        Path file = Files.write(folder.resolve("bad.npy"), bytes.put(text).array());
        assertThatThrownBy(() -> NpyFile.open(file).floats())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void packsArraysIntoAnArchive() throws IOException {
        Path array = folder.resolve("x.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(array)) {
            writer.append(new float[] {1, 2});
            writer.complete();
        }
        Path archive = folder.resolve("x.npz");
        NpzFile.pack(archive, Map.of("features", array), Existing.KEEP);
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            byte[] stored = zip.getInputStream(zip.getEntry("features.npy")).readAllBytes();
            assertThat(stored).isEqualTo(Files.readAllBytes(array));
        }
    }
}
