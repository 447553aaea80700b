package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Path file = folder.resolve("a.safetensors");
        List<TensorInfo> tensors = List.of(
                new TensorInfo("w", DType.F32, 2, 3),
                new TensorInfo("step", DType.I64),
                new TensorInfo("no", DType.U8, 0));
        Safetensors.write(file, Map.of("format", "pt", "note", "ä \"quoted\""), tensors, SafetensorsTest::counting);
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.tensors()).isEqualTo(tensors);
            assertThat(read.metadata()).containsEntry("format", "pt").containsEntry("note", "ä \"quoted\"");
            for (TensorInfo tensor : tensors) {
                assertThat(read.data(tensor.name())).isEqualTo(counting(tensor));
            }
        }
    }

    @Test
    void readsTheReferenceVectors() throws Exception {
        Path file = Path.of(SafetensorsTest.class
                .getResource("/golden/eval_tiny.safetensors")
                .toURI());
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.info("in.labels")).isEqualTo(new TensorInfo("in.labels", DType.I64, 4));
            assertThat(read.data("w.cls.head.bias").remaining()).isEqualTo(28);
        }
    }

    @Test
    void anotherFileIsNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("a.safetensors"), "mine");
        assertThatThrownBy(() -> Safetensors.write(file, Map.of(), List.of(), SafetensorsTest::counting))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ no                                                       | not JSON",
                "{} {}                                                      | not JSON",
                "{\"__metadata__\":[]}                                        | metadata that is not a JSON object",
                "{\"__metadata__\":{\"a\":1}}                                 | metadata that is not text",
                "[]                                                         | not a JSON object",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | claims bytes 0 to 4",
                "{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}} | which is not known",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | a size of -1",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}} | claims the shape",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | begins at byte",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | begins at byte",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | its tensors end at",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}} | no data_offsets",
            })
    void brokenHeadersAreRefusedInOneLine(String header, String complaint) throws IOException {
        Path file = folder.resolve("bad.safetensors");
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(16 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(text.length).put(text).array());
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bad.safetensors")
                .hasMessageContaining(complaint)
                .hasMessageNotContaining("\n");
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of(), List.of(new TensorInfo("w", DType.F32, 2, 3)), SafetensorsTest::counting);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 5) {
            Path cut = Files.write(folder.resolve("cut" + length), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.open(cut)).isInstanceOf(IOException.class);
        }
    }

    private static ByteBuffer counting(TensorInfo tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.put((byte) bytes.position());
        }
        return bytes.flip();
    }
}
