package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
