package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.data.Photographs;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code asl bench data} as a person runs it. */
final class BenchDataCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void images() throws IOException {
        Photographs.jpeg(folder.resolve("in/a.jpg"), 64, 48, 1);
        Photographs.jpeg(folder.resolve("in/b.jpg"), 64, 48, 2);
    }

    @Test
    void measuresDecodersAndLoaders() throws IOException {
        Path json = folder.resolve("speed.json");
        String root = folder.resolve("in").toString();
        assertThat(run("--images", "2", "--rounds", "1", "--against", root, "--json", json.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("8 crops, one core").contains("loader,  1 workers");
        JsonNode page = new ObjectMapper().readTree(Files.readString(json));
        assertThat(page.at("/images_per_second_of_a_core/imageio/median").asDouble())
                .isPositive();
        assertThat(page.at("/loader/workers_1/median").asDouble()).isPositive();
        assertThat(page.at("/loader_against/workers_1/min").asDouble()).isPositive();
        assertThat(page.has("ratios")).isTrue();
        assertThat(page.path("ratios")).isEmpty();
    }

    @Test
    void aPeerThatFailsIsToldOf() throws IOException {
        Path script = Files.writeString(folder.resolve("peer.py"), "raise SystemExit('no Pillow here')\n");
        assertThat(run("--images", "2", "--rounds", "1", "--pillow", script.toString()))
                .isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("peer.py failed: ");
    }

    private int run(String... arguments) {
        CommandLine asl = Asl.commandLine();
        asl.setOut(new PrintWriter(out));
        asl.setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 4];
        all[0] = "bench";
        all[1] = "data";
        all[2] = "--set";
        all[3] = "data.root=" + folder.resolve("in");
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return asl.execute(all);
    }
}
