package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.Safetensors;
import asl.interop.TensorInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class InteropCommandsTest {
    @TempDir
    private Path folder;

    private final StringWriter printed = new StringWriter();

    private int run(Object... arguments) {
        CommandLine line = Asl.commandLine();
        PrintWriter writer = new PrintWriter(printed);
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        return line.setOut(writer).setErr(writer).execute(texts);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(InteropCommandsTest.class.getResource(name).toURI());
    }

    @Test
    void anImportInterpolatesAndConverts() throws Exception {
        Path target = folder.resolve("encoder.safetensors");
        assertThat(run("import", resource("/golden/tiny_mae.pth"), target, "--encoder", "--image-size", 48))
                .isZero();
        assertThat(printed.toString())
                .contains("interpolated 1: pos_embed [1, 17, 24] -> [1, 37, 24]")
                .contains("dropped ");
        try (CanonicalWeights written = CheckpointReader.open(target)) {
            assertThat(written.architecture().orElseThrow().patches()).isEqualTo(36);
        }
    }

    @ParameterizedTest
    @CsvSource({"47, does not divide", "48by64, expected 224", "0, does not divide", "99999999999, expected 224"})
    void anImageSizeThatCannotBeIsWrongUsage(String size, String complaint) throws Exception {
        Path target = folder.resolve("a.safetensors");
        assertThat(run("import", resource("/golden/tiny_mae.pth"), target, "--image-size", size))
                .isEqualTo(2);
        assertThat(printed.toString()).contains("--image-size " + size).contains(complaint);
        assertThat(target).doesNotExist();
    }

    @Test
    void anImportFitsOtherImages() throws Exception {
        Path target = folder.resolve("a.safetensors");
        assertThat(run("import", resource("/golden/tiny_mae.pth"), target, "--image-size", "32x64", "--channels", 1))
                .isZero();
        assertThat(printed.toString())
                .contains("averaged 1: patch_embed.proj.weight [24, 3, 8, 8] -> [24, 1, 8, 8]")
                .contains("interpolated 2: pos_embed [1, 17, 24] -> [1, 33, 24], decoder_pos_embed");
        printed.getBuffer().setLength(0);
        assertThat(run("inspect", target)).isZero();
        assertThat(printed.toString()).contains("channels: 1", "patches: 32", "epoch: 0", "source: tiny_mae.pth");
    }

    @Test
    void aCheckpointThatLacksWeightsIsRefusedUnlessAsked() throws Exception {
        Path whole = folder.resolve("whole.safetensors");
        Path part = folder.resolve("part.safetensors");
        assertThat(run("import", resource("/golden/tiny_mae.pth"), whole)).isZero();
        try (Safetensors all = Safetensors.open(whole)) {
            List<TensorInfo> some = all.tensors().stream()
                    .filter(tensor -> !tensor.name().startsWith("blocks.0.attn.proj"))
                    .toList();
            Safetensors.write(part, Map.of(), some, tensor -> all.data(tensor.name()));
        }
        Path target = folder.resolve("a.safetensors");
        printed.getBuffer().setLength(0);
        assertThat(run("import", part, target)).isEqualTo(1);
        assertThat(printed.toString())
                .contains("missing 2: blocks.0.attn.proj.weight, blocks.0.attn.proj.bias")
                .contains("part.safetensors: the checkpoint lacks 2 weights")
                .contains("--allow-missing");
        assertThat(target).doesNotExist();
        assertThat(run("import", part, target, "--allow-missing")).isZero();
        assertThat(target).exists();
    }

    @Test
    void nothingIsOverwrittenUnlessAsked() throws Exception {
        Path target = Files.writeString(folder.resolve("all.safetensors"), "mine");
        assertThat(run("import", resource("/golden/tiny_mae.pth"), target)).isEqualTo(1);
        assertThat(printed.toString()).contains("all.safetensors: exists already");
        assertThat(target).hasContent("mine");
        assertThat(run("import", resource("/golden/tiny_mae.pth"), target, "--overwrite"))
                .isZero();
        for (String format : List.of("safetensors", "pth", "hugging_face", "torchscript", "onnx")) {
            Object[] export = {
                "export", target, "--format", format, "--output", folder, "--heads", 2, "--decoder-heads", 2
            };
            assertThat(run(export)).as(format).isZero();
            assertThat(run(export)).as(format).isEqualTo(1);
            assertThat(run(Stream.concat(Stream.of(export), Stream.of("--overwrite"))
                            .toArray()))
                    .as(format)
                    .isZero();
        }
    }

    @Test
    void anImportedCheckpointEqualsItsSource() throws Exception {
        Path target = folder.resolve("all.safetensors");
        assertThat(run("import", resource("/interop/tiny_hugging_face.bin"), target))
                .isZero();
        printed.getBuffer().setLength(0);
        assertThat(run("inspect", target, "--against", resource("/golden/tiny_mae.pth")))
                .isZero();
        assertThat(printed.toString().strip()).isEqualTo("different:" + System.lineSeparator() + "equal: 62");
    }

    @Test
    void anExportSaysWhereItWrote() throws Exception {
        assertThat(run(
                        "export",
                        resource("/golden/tiny_mae.pth"),
                        "--format",
                        "torchscript",
                        "--heads",
                        2,
                        "--output",
                        folder))
                .isZero();
        assertThat(folder.resolve("encoder.pt")).isNotEmptyFile();
        assertThat(printed.toString()).contains("encoder.pt");
    }

    /** What no shape tells is told by Hugging Face's pages and by our metadata. */
    @Test
    void whatIsSaidOnceIsKept() throws Exception {
        Object[] first = {"export", resource("/golden/tiny_mae.pth"), "--output", folder, "--full", "--heads", 2};
        Stream<String> facts = Stream.of("--decoder-heads", "2", "--licence", "CC0", "--data-set", "photos");
        assertThat(run(Stream.of(Stream.of(first), facts, Stream.of("--format", "hugging_face"))
                        .flatMap(part -> part)
                        .toArray()))
                .isZero();
        Path theirs = folder.resolve("full_hugging_face");
        assertThat(run("export", theirs, "--format", "pth", "--output", folder)).isZero();
        assertThat(run("export", folder.resolve("encoder.pth"), "--format", "onnx", "--output", folder))
                .isZero();
        printed.getBuffer().setLength(0);
        assertThat(run("inspect", folder.resolve("encoder.pth"))).isZero();
        assertThat(printed.toString())
                .contains("heads: 2", "mean: 0.485 0.456 0.406", "licence: CC0", "data_set: photos", "epoch: 0");
    }

    @Test
    void unknownHeadsAreAskedFor() throws Exception {
        assertThat(run("export", resource("/golden/tiny_mae.pth"), "--format", "onnx", "--output", folder))
                .isEqualTo(1);
        assertThat(printed.toString()).contains("heads");
    }

    @Test
    void inspectTellsTheArchitecture() throws Exception {
        assertThat(run("inspect", resource("/golden/tiny_mae.pth"), "--json")).isZero();
        assertThat(printed.toString())
                .contains("\"parts\" : \"decoder, encoder\"")
                .contains("\"epoch\" : \"0\"")
                .contains("\"decoder_width\" : 16");
    }

    @Test
    void aMaliciousCheckpointIsRefusedInOneLine() throws IOException, URISyntaxException {
        assertThat(run("inspect", resource("/interop/evil.pth"))).isEqualTo(1);
        assertThat(printed.toString().strip().lines())
                .singleElement()
                .asString()
                .contains("posix.system");
    }
}
