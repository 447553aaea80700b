package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import asl.interop.PythonPeer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
final class BenchStepCommandTest {
    /** Images [4, 3, 16, 16] to a loss, with a parameter that learns and one that does not. */
    private static final String TRACE = """
            import sys, torch
            class Peer(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layer = torch.nn.Linear(16, 1)
                    self.fixed = torch.nn.Parameter(torch.ones(4), requires_grad=False)
                def forward(self, x):
                    return (self.layer(x).mean((1, 2, 3)) * self.fixed).mean()
            torch.jit.trace(Peer(), torch.zeros(4, 3, 16, 16)).save(sys.argv[1])
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... more) {
        List<String> command = new ArrayList<>(List.of("bench", "step"));
        for (String set : List.of(
                "model.size=auto",
                "model.width=16",
                "model.depth=2",
                "model.heads=2",
                "model.image_size=16",
                "model.patch_size=4",
                "decoder.width=16",
                "decoder.depth=2",
                "decoder.heads=2",
                "train.batch_size=4",
                "engine.precision=fp32")) {
            command.addAll(List.of("--set", set));
        }
        command.addAll(List.of(more));
        if (!command.contains("--rounds")) {
            command.addAll(List.of("--rounds", "2"));
        }
        return Asl.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(command.toArray(String[]::new));
    }

    @Test
    void measuresBranchesAndPrecisionsAndComparesWithBefore() throws IOException {
        Path file = folder.resolve("bench.json");
        assertThat(run("--branches", "none,dle,aee", "--precisions", "fp32,bf16", "--json", file.toString()))
                .as(err.toString())
                .isZero();
        JsonNode page = new ObjectMapper().readTree(Files.readString(file));
        assertThat(page.path("steps").fieldNames())
                .toIterable()
                .containsExactly("none fp32", "none bf16", "dle fp32", "dle bf16", "aee fp32", "aee bf16");
        assertThat(page.path("ratios").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "none bf16 / fp32",
                        "dle fp32 / none",
                        "dle bf16 / none",
                        "dle bf16 / fp32",
                        "aee fp32 / none",
                        "aee bf16 / none",
                        "aee bf16 / fp32");
        JsonNode step = page.path("steps").path("aee bf16");
        assertThat(step.path("images_per_second").asDouble()).isPositive();
        assertThat(step.path("share_of_peak").asDouble()).isBetween(0.0, 1.0);
        double shares = 0;
        for (JsonNode share : step.path("shares")) {
            shares += share.asDouble();
        }
        assertThat(shares).isCloseTo(1, within(1e-9));

        assertThat(run("--compare", file.toString())).isZero();
        assertThat(out.toString())
                .contains("against figures of ")
                .containsPattern("aee fp32 +[\\d.]+ -> [\\d.]+ images/s");
    }

    @Test
    void aPeerRunsBesideUs() throws IOException {
        Path peer = folder.resolve("peer.pt");
        PythonPeer.run(TRACE, peer);
        assertThat(run("--branches", "none", "--peer", peer.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("peer fp32", "none fp32 / peer, passes");
        assertThat(run("--peer", peer.toString(), "--peer-only")).isZero();
        assertThat(run("--peer", peer.toString(), "--set", "train.batch_size=5"))
                .isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("peer.pt", "(5, 3, 16, 16)", "traced with");
    }

    @Test
    void aProfileNamesTheOperatorsOfAStep() throws IOException {
        Path traces = folder.resolve("traces");
        assertThat(run("--branches", "none", "--profile", traces.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).containsPattern("profile of none fp32.*\\R +[\\d.]+ ms +[\\d.]+% +\\d+ calls  \\S+");
        JsonNode trace =
                new ObjectMapper().readTree(traces.resolve("none-fp32.json").toFile());
        assertThat(trace.findValuesAsText("name")).contains("aten::addmm", "aten::layer_norm");
    }

    @Test
    void whatCannotBeMeasuredIsOneLine() throws IOException {
        assertThat(run("--rounds", "0")).isEqualTo(2);
        assertThat(run("--peer-only")).isEqualTo(2);
        assertThat(run("--precisions", "tf32,fp32")).isEqualTo(2);
        assertThat(run("--peer", "absent.pt")).isEqualTo(1);
        Path other = Files.writeString(folder.resolve("other.json"), "{}");
        assertThat(run("--compare", other.toString())).isEqualTo(1);
        assertThat(err.toString())
                .hasLineCount(5)
                .contains("--rounds", "--peer FILE", "apart", "absent.pt", "other.json");
    }
}
