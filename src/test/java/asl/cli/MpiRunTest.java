package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import asl.distributed.Mpirun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real {@code scripts/mpi_run.sh} over a real MPI: two ranks on this machine. */
@DisabledOnOs(OS.WINDOWS)
final class MpiRunTest {
    private static final Path SCRIPT = Path.of("scripts", "mpi_run.sh").toAbsolutePath();
    private static final String STEPS = "40";

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = TinyRun.makeImages(Files.createDirectory(folder.resolve("data")));
    }

    private record Result(int code, String err) {}

    private Process start(List<String> options, String... asl) throws IOException {
        assumeTrue(Mpirun.installed(), "no mpirun on the PATH (Debian, Ubuntu: apt-get install openmpi-bin)");
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

    private String[] pretrain(String output, String... more) {
        List<String> command = TinyRun.command(data, folder.resolve(output));
        command.addAll(List.of("--set", "train.batch_size=4", "--set", "train.steps=" + STEPS));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }

    @Test
    void aKilledRankIsRestartedToTheSameEnd() throws Exception {
        Result whole = end(start(List.of(), pretrain("whole")));
        assertThat(whole.code()).as(whole.err()).isZero();

        Process process = start(List.of("--max-restarts", "2"), pretrain("killed", "--overwrite"));
        waitForStep(process, "killed", 7);
        ProcessHandle lastRank = process.descendants()
                .filter(rank -> rank.info().command().orElse("").endsWith("java"))
                .max(Comparator.comparingLong(ProcessHandle::pid))
                .orElseThrow();
        assertThat(lastRank.destroyForcibly()).isTrue();
        Result killed = end(process);
        assertThat(killed.code()).as(killed.err()).isZero();
        assertThat(killed.err()).contains("exit code 137", "restart 1 of 2");

        assertThat(tensors("killed")).isEqualTo(tensors("whole"));
        assertThat(losses("killed")).hasSize(Integer.parseInt(STEPS)).isEqualTo(losses("whole"));
    }

    @Test
    void wrongUsageIsNotStartedAgain() throws Exception {
        Result result = end(start(List.of("--max-restarts", "3"), pretrain("run", "--set", "train.epoch=3")));
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
        Result result = end(start(List.of("--max-restarts", "1"), pretrain("file/run")));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("restart 1 of 1", "failed (exit code 1) after 1 of 1 restarts");
    }

    @Test
    void aSignalLetsTheRanksSaveAndIsNoFailure() throws Exception {
        Process process = start(
                List.of("--max-restarts", "3"),
                pretrain("stopped", "--set", "checkpoint.every_steps=0", "--set", "train.steps=100000"));
        waitForStep(process, "stopped", 5);
        process.destroy();
        Result result = end(process);
        assertThat(result.code()).isEqualTo(128 + 15);
        assertThat(result.err()).contains("SIGTERM", "--resume").doesNotContain("restart 1");
        String latest =
                Files.readString(folder.resolve("stopped/checkpoints/latest")).strip();
        assertThat(Integer.parseInt(latest.substring("step-".length()))).isGreaterThanOrEqualTo(5);
    }

    private void waitForStep(Process process, String run, int step) throws Exception {
        Path metrics = folder.resolve(run + "/metrics.jsonl");
        while (!Files.exists(metrics) || !Files.readString(metrics).contains("\"step\":" + step + ",")) {
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("err.txt")))
                    .isTrue();
            Thread.sleep(5);
        }
    }

    private List<String> losses(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run + "/metrics.jsonl")).stream()
                .map(line -> line.replaceAll(".*\"loss\":([0-9.eE-]+).*", "$1"))
                .toList();
    }

    /** The tensors of the last checkpoint; the header before them names the output folder. */
    private byte[] tensors(String run) throws IOException {
        Path checkpoint = folder.resolve(run + "/checkpoints/step-000000" + STEPS);
        byte[] file = Files.readAllBytes(checkpoint.resolve("model.safetensors"));
        int header = Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        return Arrays.copyOfRange(file, Long.BYTES + header, file.length);
    }
}
