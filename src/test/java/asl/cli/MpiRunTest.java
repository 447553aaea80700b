package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real {@code scripts/mpi_run.sh} over a real MPI: two ranks on this machine. */
@DisabledOnOs(OS.WINDOWS)
final class MpiRunTest {
    private static final Path SCRIPT = Path.of("scripts", "mpi_run.sh").toAbsolutePath();

    @TempDir
    private Path folder;

    private record Result(int code, String err) {}

    private Process start(List<String> options, String... asl) throws IOException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.exists(Path.of(path, "mpirun"))),
                "no mpirun on the PATH (Debian, Ubuntu: apt-get install openmpi-bin)");
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), "-n", "2"));
        command.addAll(options);
        command.addAll(List.of(asl));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        // In containers one is often root, which Open MPI refuses unasked, and may not read another process's memory.
        builder.environment()
                .putAll(Map.of(
                        "OMPI_ALLOW_RUN_AS_ROOT",
                        "1",
                        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                        "1",
                        "OMPI_MCA_btl_vader_single_copy_mechanism",
                        "none"));
        return builder.redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
    }

    private Result end(Process process) throws Exception {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), Files.readString(folder.resolve("err.txt")));
    }

    @Test
    void wrongUsageIsNotStartedAgain() throws Exception {
        Result result = end(start(List.of("--max-restarts", "3"), "pretrain", "--set", "train.epoch=3"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("did you mean train.epochs", "not started again")
                .doesNotContain("restart 1");

        Result option = end(start(List.of("--max-restart", "3"), "pretrain"));
        assertThat(option.code()).isEqualTo(2);
        assertThat(option.err()).contains("--max-restart;").hasLineCount(1);
    }

    @Test
    void failsWhenAllRestartsAreUsed() throws Exception {
        Files.createFile(folder.resolve("file"));
        Result result =
                end(start(List.of("--max-restarts", "1"), "pretrain", "--set", "data.root=.", "-o", "file/run"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("restart 1 of 1", "failed (exit code 1) after 1 of 1 restarts");
    }
}
