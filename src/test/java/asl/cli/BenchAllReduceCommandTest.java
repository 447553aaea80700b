package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.distributed.Mpirun;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
final class BenchAllReduceCommandTest {
    @TempDir
    private Path folder;

    /** Not how fast it is, but that all gradients of the model were reduced, and figures hang together. */
    @Test
    void reducesAllGradientsOfTheModel() throws Exception {
        Path data = TinyRun.makeImages(Files.createDirectory(folder.resolve("data")));
        Path json = folder.resolve("figures.json");
        List<String> program = new ArrayList<>(List.of("asl.cli.Asl", "bench", "allreduce"));
        List<String> pretrain = TinyRun.command(data, folder.resolve("none"));
        program.addAll(pretrain.subList(pretrain.indexOf("--set"), pretrain.size()));
        program.addAll(List.of("--rounds", "3", "--json", json.toString()));
        Mpirun.Result result = Mpirun.run(folder, 2, program);
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output()).containsOnlyOnce("2 processes over ").containsPattern("mean of \\d+ arrays");
        JsonNode page = new ObjectMapper().readTree(Files.readString(json));
        assertThat(page.get("ranks").asInt()).isEqualTo(2);
        assertThat(page.get("arrays").asInt()).isGreaterThan(60); // 12 a block, 5 blocks with the extra layer's
        double fastest =
                page.get("bytes").asLong() / page.get("seconds").get("min").asDouble() / 1e9;
        assertThat(page.get("gigabytes_per_second").get("max").asDouble()).isEqualTo(fastest);
    }
}
