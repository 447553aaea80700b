package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyFileTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatWasWrittenRowByRow() throws IOException {
        Path path = folder.resolve("features.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(path, 3)) {
            writer.append(new float[] {1, 2, 3, 4, 5, 6});
            assertThat(path).doesNotExist();
            writer.append(new float[] {-7.5f, Float.NaN, 1e-30f});
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
        }
        Path cut = Files.write(folder.resolve("c.npy"), Arrays.copyOf(Files.readAllBytes(whole), 150));
        assertThatThrownBy(() -> NpyFile.open(cut)).hasMessage(cut + ": file is cut short");
    }

    @Test
    void packsArraysIntoAnArchive() throws IOException {
        Path array = folder.resolve("x.npy");
        try (NpyWriter writer = NpyWriter.ofFloats(array)) {
            writer.append(new float[] {1, 2});
        }
        Path archive = folder.resolve("x.npz");
        NpzFile.pack(archive, Map.of("features", array));
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            byte[] stored = zip.getInputStream(zip.getEntry("features.npy")).readAllBytes();
            assertThat(stored).isEqualTo(Files.readAllBytes(array));
        }
    }
}
