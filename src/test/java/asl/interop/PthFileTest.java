package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PthFileTest {
    @TempDir
    private Path folder;

    @Test
    void theReferenceCheckpointIsTheReferenceWeights() throws IOException {
        try (PthFile pth = PthFile.open(Fixtures.path("/golden/tiny_mae.pth"));
                Safetensors reference = Safetensors.open(Fixtures.path("/golden/tiny.safetensors"))) {
            List<String> expected = reference.tensors().stream()
                    .map(TensorInfo::name)
                    .filter(name -> name.startsWith("w.") && !name.startsWith("w.aee_block."))
                    .map(name -> name.substring(2))
                    .toList();
            assertThat(pth.tensors()).extracting(TensorInfo::name).containsExactlyInAnyOrderElementsOf(expected);
            for (String name : expected) {
                assertThat(pth.info(name).shape())
                        .isEqualTo(reference.info("w." + name).shape());
                assertThat(pth.data(name)).as(name).isEqualTo(reference.data("w." + name));
            }
            assertThat(pth.metadata()).containsEntry("epoch", "0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kinds.pth", "kinds_legacy.pth", "kinds_protocol4.pth"})
    void everyTypeAndLayoutIsRead(String name) throws IOException {
        try (PthFile pth = PthFile.open(Fixtures.path("/interop/" + name))) {
            assertThat(Fixtures.floats(pth, "f64")).containsExactly(1.5f, -2);
            assertThat(Fixtures.floats(pth, "f16")).containsExactly(1.5f, -2, 0x1p-24f, 65504, Float.POSITIVE_INFINITY);
            assertThat(Fixtures.floats(pth, "bf16")).containsExactly(1.5f, Float.intBitsToFloat(0xff62 << 16));
            assertThat(pth.data("i64").getLong(0)).isEqualTo(1L << 40);
            assertThat(Fixtures.floats(pth, "i32")).containsExactly(-5);
            assertThat(Fixtures.floats(pth, "i16")).containsExactly(-7);
            assertThat(Fixtures.floats(pth, "i8")).containsExactly(-8);
            assertThat(Fixtures.floats(pth, "u8")).containsExactly(200);
            assertThat(Fixtures.floats(pth, "bool")).containsExactly(1, 0);
            assertThat(pth.info("transposed").shape()).containsExactly(4L, 2L, 3L);
            assertThat(Arrays.copyOf(Fixtures.floats(pth, "transposed"), 8)).containsExactly(0, 4, 8, 12, 16, 20, 1, 5);
            assertThat(Fixtures.floats(pth, "shared_a")).containsExactly(2, 3, 4);
            assertThat(Fixtures.floats(pth, "shared_b")).containsExactly(0, 3, 6, 9);
            assertThat(Fixtures.floats(pth, "expanded")).containsExactly(7, 7, 7);
            assertThat(Fixtures.floats(pth, "scalar")).containsExactly(3);
            assertThat(pth.info("scalar").shape()).isEmpty();
            assertThat(pth.data("empty").remaining()).isZero();
            assertThat(Fixtures.floats(pth, "parameter")).containsExactly(9);
            assertThat(pth.metadata())
                    .containsEntry("epoch", "7")
                    .containsEntry("args.name", "mae")
                    .containsEntry("args.lr", "0.001")
                    .containsEntry("optimizer", "present");
        }
    }

    @Test
    void aScriptsWeightsAreRead() throws IOException {
        try (PthFile script = PthFile.open(Fixtures.path("/interop/script.pt"))) {
            assertThat(script.tensors())
                    .extracting(TensorInfo::name)
                    .containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
            assertThat(Fixtures.floats(script, "1.weight")).containsExactly(2, 2, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.pth", "evil_legacy.pth"})
    void aPickleThatCallsTheSystemIsRefusedByName(String name) {
        assertThatThrownBy(() -> PthFile.open(Fixtures.path("/interop/" + name)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("posix.system")
                .hasMessageNotContaining("\n");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Path file = folder.resolve("a.pth");
        List<TensorInfo> tensors = new ArrayList<>();
        for (DType type : DType.values()) {
            tensors.add(new TensorInfo("t." + type, type, 2, 3));
        }
        tensors.add(new TensorInfo("scalar", DType.F32));
        tensors.add(new TensorInfo("none", DType.F32, 0, 2));
        PthWriter.write(file, Map.of("note", "ä"), tensors, Fixtures::counting);
        try (PthFile read = PthFile.open(file)) {
            assertThat(read.tensors()).isEqualTo(tensors);
            assertThat(read.metadata()).isEqualTo(Map.of("note", "ä"));
            for (TensorInfo tensor : tensors) {
                assertThat(read.data(tensor.name())).isEqualTo(Fixtures.counting(tensor));
            }
        }
    }

    @Test
    void torchReadsWhatIsWritten() throws IOException {
        Path file = folder.resolve("ours.pth");
        try (PthFile pth = PthFile.open(Fixtures.path("/interop/kinds.pth"))) {
            PthWriter.write(file, pth.metadata(), pth.tensors(), tensor -> pth.data(tensor.name()));
        }
        String script = """
                import sys, torch
                ours = torch.load(sys.argv[1], weights_only=True)
                theirs = torch.load(sys.argv[2])["state_dict"]
                assert ours["args.name"] == "mae"
                assert len(ours["model"]) == len(theirs)
                for name, tensor in ours["model"].items():
                    other = theirs["module." + name]
                    assert tensor.dtype == other.dtype and tensor.is_contiguous() and torch.equal(tensor, other), name
                print(len(theirs))
                """;
        assertThat(PythonPeer.run(script, file, Fixtures.path("/interop/kinds.pth")))
                .isEqualTo("17");
    }

    @Test
    void aFlippedBitIsFound() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.path("/golden/tiny_mae.pth"));
        bytes[bytes.length / 2] ^= 1; // in the data of a large weight
        Path damaged = Files.write(folder.resolve("damaged.pth"), bytes);
        assertThatThrownBy(() -> {
                    try (PthFile pth = PthFile.open(damaged)) {
                        for (TensorInfo tensor : pth.tensors()) {
                            pth.data(tensor.name());
                        }
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged.pth")
                .hasMessageContaining("checksum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kinds.pth", "kinds_legacy.pth"})
    void truncatedFilesAreRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.path("/interop/" + name));
        for (int length = 0; length < whole.length; length += 97) {
            Path cut = Files.write(folder.resolve("cut" + length), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> PthFile.open(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cut" + length);
        }
    }

    static Stream<Arguments> hostilePickles() {
        TensorInfo huge = new TensorInfo("w", DType.F32, 1L << 31, 1);
        TensorInfo absurd = new TensorInfo("w", DType.F32, 3);
        return Stream.of(
                hostile("its data are 8 bytes", pickle -> pickle.tensor(huge, "0")), // a claim of 8 GiB
                hostile("no archive/data/7", pickle -> pickle.tensor(absurd, "7")),
                hostile("elements, its data", pickle -> pickle.tensor(absurd, "0")),
                hostile("of a storage of 2", pickle -> window(pickle, 0, List.of(1L << 40, 1L << 40), List.of(0L, 0L))),
                hostile("of a storage of 2", pickle -> window(pickle, 0, List.of(1L << 33), List.of(0L))),
                hostile("of a storage of 2", pickle -> window(pickle, 1, List.of(2L), List.of(1L))),
                hostile("of a storage of 2", pickle -> window(pickle, -1, List.of(1L), List.of(1L))),
                hostile("of a storage of 2", pickle -> window(pickle, 0, List.of(2L), List.of(-1L))),
                hostile("of a storage of 2", pickle -> window(pickle, 0, List.of(3L), List.of(1L << 62))),
                hostile("builtins.eval", pickle -> pickle.global("builtins", "eval")),
                hostile("torch.load", pickle -> pickle.global("torch", "load")),
                hostile("operand", pickle -> pickle.code('0').code('0')),
                hostile("mark", pickle -> pickle.code('t').code('t').code('t').code('t')),
                hostile("unknown operation 0xff", pickle -> pickle.code(0xff)),
                hostile(
                        "ends early",
                        pickle -> pickle.code('B')
                                .code(0xff)
                                .code(0xff)
                                .code(0xff)
                                .code(0x7f)),
                hostile(
                        "a number of",
                        pickle -> pickle.code(0x8b)
                                .code(0xff)
                                .code(0xff)
                                .code(0xff)
                                .code(0x7f)),
                hostile("nothing was kept", pickle -> pickle.code('h').code(9)),
                hostile("more memory", PthFileTest::copiesOfALongList),
                hostile("more names", PthFileTest::argumentsInManyPlaces),
                hostile(
                        "posix\\u000asystem\\u001b[31m.x",
                        pickle ->
                                pickle.text("posix\nsystem\u001b[31m").text("x").code(0x93)),
                hostile(
                        "longer than 200",
                        pickle -> pickle.text("x".repeat(1 << 20)).text("x").code(0x93)),
                hostile(
                        "of 99999 dimensions",
                        pickle -> window(pickle, 0, Collections.nCopies(99_999, 1L), List.of())));
    }

    /** 10,000 dictionaries, each of the same 10,000 pairs. */
    private static void copiesOfALongList(PickleWriter pickle) {
        pickle.code(']').code('q').code(0).mark();
        for (int i = 0; i < 10_000; i++) {
            pickle.number(i).code('N').code(0x86);
        }
        pickle.code('e').mark();
        for (int i = 0; i < 10_000; i++) {
            pickle.global("collections", "OrderedDict")
                    .code('h')
                    .code(0)
                    .code(0x85)
                    .code('R');
        }
        pickle.code('t');
    }

    /** 10,000 objects of the same 10,000 attributes. */
    private static void argumentsInManyPlaces(PickleWriter pickle) {
        window(pickle, 0, List.of(2L), List.of(1L));
        pickle.text("args")
                .global("argparse", "Namespace")
                .code(')')
                .code(0x81)
                .code('}')
                .mark();
        for (int i = 0; i < 10_000; i++) {
            pickle.text("a" + i).number(i);
        }
        pickle.code('u').code('b').code('q').code(0);
        for (int i = 0; i < 10_000; i++) {
            pickle.text("args" + i).code('h').code(0);
        }
    }

    /** Found by {@link MutationTest}. */
    @Test
    void anEmptyTensorMayBeginAnywhere() throws IOException {
        PickleWriter pickle = new PickleWriter();
        pickle.code('}').mark().text("w");
        window(pickle, 1L << 40, List.of(0L), List.of(1L));
        Path file = folder.resolve("empty.pth");
        try (TorchArchiveWriter archive = new TorchArchiveWriter(file)) {
            archive.add("data.pkl", pickle.code('u').finish());
            archive.add("data/0", new byte[8]);
        }
        try (PthFile pth = PthFile.open(file)) {
            assertThat(pth.data("w").remaining()).isZero();
        }
    }

    /** A script of 32 nested modules, each of which stands twice in the one above it under a long name. */
    @Test
    void modulesInManyPlacesAreRefused() throws IOException {
        PickleWriter pickle = new PickleWriter();
        window(pickle, 0, List.of(2L), List.of(1L));
        for (int depth = 0; depth < 32; depth++) {
            pickle.code('q')
                    .code(0)
                    .code('0')
                    .global("__torch__", "M")
                    .code(')')
                    .code(0x81)
                    .code('}')
                    .mark();
            pickle.text("a".repeat(20_000))
                    .code('h')
                    .code(0)
                    .text("b")
                    .code('h')
                    .code(0);
            pickle.code('u').code('b');
        }
        Path file = folder.resolve("modules.pt");
        try (TorchArchiveWriter archive = new TorchArchiveWriter(file)) {
            archive.add("data.pkl", pickle.finish());
            archive.add("data/0", new byte[8]);
        }
        assertThatThrownBy(() -> PthFile.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more names");
    }

    @ParameterizedTest
    @MethodSource("hostilePickles")
    void hostilePicklesAreRefusedInOneLine(String complaint, byte[] pickle) throws IOException {
        Path file = folder.resolve("hostile.pth");
        try (TorchArchiveWriter archive = new TorchArchiveWriter(file)) {
            archive.add("data.pkl", pickle);
            archive.add("data/0", new byte[8]);
        }
        assertThatThrownBy(() -> PthFile.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("hostile.pth")
                .hasMessageContaining(complaint)
                .hasMessageNotContaining("\n");
    }

    private static Arguments hostile(String complaint, Consumer<PickleWriter> content) {
        PickleWriter pickle = new PickleWriter();
        pickle.code('}').mark().text("w");
        content.accept(pickle);
        return Arguments.of(complaint, pickle.code('u').finish());
    }

    /** A tensor of any claims over the two elements of storage 0. */
    private static void window(PickleWriter pickle, long offset, List<Long> shape, List<Long> stride) {
        pickle.global("torch._utils", "_rebuild_tensor_v2").mark().mark();
        pickle.text("storage").global("torch", "FloatStorage").text("0").text("cpu");
        pickle.number(2).code('t').code('Q').number(offset).numbers(shape).numbers(stride);
        pickle.flag(false).code('}').code('t').code('R');
    }
}
