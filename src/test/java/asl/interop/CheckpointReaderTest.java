package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.interop.ArchitectureGuess.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointReaderTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "/golden/tiny_mae.pth,               PYTORCH, TIMM,          true",
        "/interop/tiny_hugging_face.bin,     PYTORCH, HUGGING_FACE,  true",
        "/interop/tiny_jax.npz,              NPZ,     BIG_VISION,    false",
    })
    void everyNamingGivesTheReferenceWeights(String file, CheckpointFormat format, NamingScheme naming, boolean decoder)
            throws IOException {
        try (CanonicalWeights checkpoint = CheckpointReader.open(Fixtures.path(file));
                Safetensors reference = Safetensors.open(Fixtures.path("/golden/tiny.safetensors"))) {
            assertThat(checkpoint.format()).isEqualTo(format);
            assertThat(checkpoint.naming()).contains(naming);
            List<String> expected = reference.tensors().stream()
                    .map(TensorInfo::name)
                    .filter(name -> name.startsWith("w.") && !name.startsWith("w.aee_block."))
                    .map(name -> name.substring(2))
                    .filter(name -> decoder || !(name.startsWith("decoder_") || name.equals("mask_token")))
                    .toList();
            assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactlyInAnyOrderElementsOf(expected);
            for (TensorInfo tensor : checkpoint.tensors()) {
                String name = tensor.name();
                assertThat(tensor.shape())
                        .as(name)
                        .isEqualTo(reference.info("w." + name).shape());
                assertThat(checkpoint.floats(name)).as(name).isEqualTo(Fixtures.floats(reference, "w." + name));
            }
            ArchitectureGuess guess = checkpoint.architecture().orElseThrow();
            assertThat(guess).isEqualTo(tiny(decoder));
            assertThat(guess.gridSide()).hasValue(4);
        }
    }

    private static ArchitectureGuess tiny(boolean decoder) {
        return decoder
                ? new ArchitectureGuess(24, 2, 8, 3, 16, 16, 2, 0, Set.of(Part.ENCODER, Part.DECODER))
                : new ArchitectureGuess(24, 2, 8, 3, 16, 0, 0, 0, Set.of(Part.ENCODER));
    }

    @Test
    void foldersAndWrappersAreSeenThrough() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("checkpoint-9"));
        List<TensorInfo> tensors = List.of(
                new TensorInfo("teacher.backbone.patch_embed.proj.weight", DType.F32, 8, 3, 2, 2),
                new TensorInfo("teacher.backbone.pos_embed", DType.F32, 1, 5, 8),
                new TensorInfo("teacher.backbone.cls_token", DType.F32, 1, 1, 8));
        Safetensors.write(inner.resolve("model.safetensors"), Map.of(), tensors, Fixtures::counting);
        try (CanonicalWeights checkpoint = CheckpointReader.open(inner)) {
            assertThat(checkpoint.tensors())
                    .extracting(TensorInfo::name)
                    .containsExactly("patch_embed.proj.weight", "pos_embed", "cls_token");
            assertThat(checkpoint.architecture().orElseThrow().patches()).isEqualTo(4);
        }
    }

    @Test
    void compressedAndFortranArraysAreRead() throws IOException {
        try (NpzArchive npz = NpzArchive.open(Fixtures.path("/interop/compressed.npz"))) {
            assertThat(npz.info("a")).isEqualTo(new TensorInfo("a", DType.F64, 3, 2));
            assertThat(Fixtures.floats(npz, "a")).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(Fixtures.floats(npz, "b")).containsExactly(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u001b[2J", "\u202etxt"})
    void namesThatWouldDisturbATerminalAreRefused(String name) throws IOException {
        List<TensorInfo> tensors = List.of(new TensorInfo(name, DType.F32, 1));
        Path safe = folder.resolve("a.safetensors");
        Safetensors.write(safe, Map.of(), tensors, Fixtures::counting);
        Path pickled = folder.resolve("a.pth");
        PthWriter.write(pickled, Map.of(), tensors, Fixtures::counting);
        for (Path file : List.of(safe, pickled)) {
            assertThatThrownBy(() -> CheckpointReader.open(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": a tensor's name is too long or not text: ")
                    .hasMessageContaining("\\u")
                    .hasMessageNotContaining(name);
        }
    }

    /** Found by {@link MutationTest}: some methods need a library, and the lack of a class is no IOException. */
    @Test
    void archivesOfRareCompressionAreRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.path("/interop/compressed.npz"));
        ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes.length - 12; at++) {
            if (zip.getInt(at) == 0x04034b50) { // a local header
                zip.putShort(at + 8, (short) 93); // zstd
            } else if (zip.getInt(at) == 0x02014b50) { // its copy in the directory
                zip.putShort(at + 10, (short) 93);
            }
        }
        Path file = Files.write(folder.resolve("rare.npz"), bytes);
        assertThatThrownBy(() -> CheckpointReader.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rare.npz")
                .hasMessageContaining("method 93");
    }

    @Test
    void whatIsNoCheckpointIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "just some text, longer than a header");
        assertThatThrownBy(() -> CheckpointReader.open(text)).hasMessageContaining("notes.txt");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> CheckpointReader.open(empty)).hasMessageContaining("model.safetensors");
        assertThatThrownBy(() -> CheckpointReader.open(folder.resolve("none"))).hasMessageContaining("none");
    }
}
