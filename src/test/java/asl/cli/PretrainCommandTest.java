package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Pre-training as people run it: whole runs on generated images, in this process and in others that are killed. */
@Tag("engine")
final class PretrainCommandTest {
    private static final int STEPS = 24;

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = TinyRun.makeImages(Files.createDirectory(folder.resolve("data")));
    }

    private List<String> command(String output, String... more) {
        List<String> command = TinyRun.command(data, folder.resolve(output));
        command.addAll(List.of("--set", "train.steps=" + STEPS));
        command.addAll(List.of(more));
        return command;
    }

    private record Result(int code, String out, String err) {}

    private static Result execute(List<String> command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine asl = Asl.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = asl.execute(command.toArray(String[]::new));
        return new Result(code, out.toString(), err.toString());
    }

    @Test
    void lossFallsAndEverythingIsWritten() throws IOException {
        Result result = execute(command("run"));
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("Done: 24 of 24 steps");
        Path run = folder.resolve("run");
        assertThat(run.resolve("resolved.yaml")).content().contains("patch_size: 7");
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        assertThat(lines).hasSize(STEPS);
        assertThat(loss(lines.get(STEPS - 1))).isLessThan(0.9 * loss(lines.get(0)));
        assertThat(run.resolve("images/step-00000000.png")).exists();
        assertThat(run.resolve("images/step-00000024.png")).exists();
        assertThat(run.resolve("checkpoints/latest")).hasContent("step-00000024");
        try (Stream<Path> kept = Files.list(run.resolve("checkpoints"))) {
            assertThat(kept.filter(Files::isDirectory)).hasSize(3);
        }
        try (Stream<Path> events = Files.list(run.resolve("tensorboard"))) {
            assertThat(events).hasSize(1);
        }
    }

    private static double loss(String line) {
        return Double.parseDouble(line.replaceAll(".*\"loss\":([0-9.eE-]+).*", "$1"));
    }

    @Test
    void oneSeedGivesTheSameBits() throws IOException {
        assertThat(execute(command("one")).code()).isZero();
        assertThat(execute(command("two")).code()).isZero();
        assertThat(execute(command("other", "--set", "seed=1")).code()).isZero();
        assertThat(weights("two")).isEqualTo(weights("one"));
        assertThat(weights("other")).isNotEqualTo(weights("one"));
    }

    @Test
    void accumulationGivesTheStepsOfTheLargerBatch() throws IOException {
        String[] once = {"--set", "train.batch_size=10", "--set", "train.steps=5"};
        String[] twice = {"--set", "train.batch_size=5", "--set", "train.accum_iter=2", "--set", "train.steps=5"};
        assertThat(execute(command("once", once)).code()).isZero();
        assertThat(execute(command("twice", twice)).code()).isZero();
        List<String> expected = Files.readAllLines(folder.resolve("once/metrics.jsonl"));
        List<String> actual = Files.readAllLines(folder.resolve("twice/metrics.jsonl"));
        for (int i = 0; i < 5; i++) {
            assertThat(loss(actual.get(i))).isCloseTo(loss(expected.get(i)), Offset.offset(2e-5));
        }
    }

    /** kill -9 at several points, each time followed by --resume: the weights are those of a run left alone. */
    @Test
    void killedAndResumedEqualsUninterrupted() throws Exception {
        // In a process of its own too: libtorch keeps the thread count that it was started with, and sums depend on it.
        assertThat(start(command("whole")).waitFor()).isZero();
        int kills = 0;
        for (int target : new int[] {1, 7, 13, 18}) {
            Process process = start(command("killed", "--resume"));
            if (waitForStep(process, target)) {
                process.destroyForcibly();
                kills++;
            }
            process.waitFor();
        }
        assertThat(kills).isGreaterThanOrEqualTo(3);
        Process last = start(command("killed", "--resume"));
        assertThat(last.waitFor()).isZero();
        assertThat(weights("killed")).isEqualTo(weights("whole"));
        assertThat(TinyRun.tensors(folder.resolve("killed"), "optimizer.safetensors"))
                .isEqualTo(TinyRun.tensors(folder.resolve("whole"), "optimizer.safetensors"));
        assertThat(losses("killed")).isEqualTo(losses("whole"));
    }

    /** The step is finished and saved, the process ends by itself, and a resume goes on from there. */
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "USR1"})
    void signalledProcessesSaveFirst(String signal) throws Exception {
        Process process = start(command("stopped", "--set", "checkpoint.every_steps=0", "--set", "train.steps=100000"));
        assertThat(waitForStep(process, 5)).isTrue();
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String latest =
                Files.readString(folder.resolve("stopped/checkpoints/latest")).strip();
        assertThat(Integer.parseInt(latest.substring("step-".length()))).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aResumeIsRefusedWhereTheModelDiffers() {
        assertThat(execute(command("run", "--set", "train.steps=2")).code()).isZero();
        Result model = execute(command("run", "--resume", "--set", "model.depth=3"));
        assertThat(model.code()).isEqualTo(1);
        assertThat(model.err()).contains("no blocks.2.norm1.weight").hasLineCount(1);
        Result batch = execute(command("run", "--resume", "--set", "train.batch_size=5"));
        assertThat(batch.err()).contains("effective batch was 8, is 5").hasLineCount(1);
    }

    /** Whatever the hardware has: a kernel that mixes the two types up fails or drifts. */
    @Test
    void bf16GivesTheLossesOfFp32() throws IOException {
        assertThat(execute(command("fp32")).err()).isEmpty();
        assertThat(execute(command("bf16", "--set", "engine.precision=bf16")).err())
                .isEmpty();
        for (int i = 0; i < STEPS; i++) {
            double expected = losses("fp32").get(i);
            assertThat(losses("bf16").get(i)).isCloseTo(expected, Offset.offset(0.01 * expected));
        }
        assertThat(losses("bf16")).isNotEqualTo(losses("fp32"));
    }

    @Test
    void threeStepsInARowThatAreNotFiniteEndTheRun() throws IOException {
        assertThat(execute(command("run", "--set", "train.steps=4")).code()).isZero();
        String good = weights("run");
        // Pixels beyond what float32 can hold.
        Result result = execute(command("run", "--resume", "--set", "data.std=[1e-40]"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("step 7", "3rd time in a row", "optim.clip_grad", "--resume");
        assertThat(weights("run")).startsWith("step-00000004").isEqualTo(good);
        assertThat(execute(command("run", "--resume")).code()).isZero();
    }

    @Test
    void anExistingRunIsNotOverwrittenUnasked() {
        assertThat(execute(command("run", "--set", "train.steps=2")).code()).isZero();
        Result again = execute(command("run"));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("--resume").contains("--overwrite").hasLineCount(1);
        assertThat(execute(command("run", "--overwrite", "--set", "train.steps=2"))
                        .code())
                .isZero();
    }

    @Test
    void dryRunPrintsWhatTheRunWouldBe() {
        Result result = execute(command("none", "--dry-run"));
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("patch_size: 7", "x MAE", "50 images", "effective batch 8");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    /** The micro-batch is the machine's matter; losses are those of the effective batch. */
    @Test
    void anAutomaticBatchKeepsTheEffectiveBatch() throws IOException {
        assertThat(execute(command("known")).code()).isZero();
        List<String> auto = command("auto", "--set", "train.batch_size=auto", "--set", "train.effective_batch=8");
        Result dryRun =
                execute(Stream.concat(auto.stream(), Stream.of("--dry-run")).toList());
        assertThat(dryRun.code()).isZero();
        assertThat(dryRun.out()).contains("effective batch 8", "found when the run starts");
        Result result = execute(auto);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("micro-batches of 8, 1 of them");
        assertThat(losses("auto")).isEqualTo(losses("known"));
        assertThat(Files.readString(folder.resolve("auto/resolved.yaml"))).contains("batch_size: 8");
        Result refused = execute(command("none", "--set", "train.batch_size=auto"));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("train.effective_batch: needed").hasLineCount(1);
    }

    @Test
    void dryRunNeedsNoData() {
        Result result = execute(command("none", "--dry-run", "--set", "data.root=" + folder.resolve("nowhere")));
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("x MAE", "nowhere");
    }

    @Test
    void statsAreThoseOfThePixels() {
        Result result = execute(List.of(
                "data",
                "stats",
                "--set",
                "data.root=" + data,
                "--set",
                "model.channels=1",
                "--set",
                "data.mean=[0]",
                "--set",
                "data.std=[1]",
                "--set",
                "model.image_size=28",
                "--set",
                "model.patch_size=7"));
        assertThat(result.err()).isEmpty();
        // Stripes of 220 and 30: the mean lies between, the deviation is at most half of their difference.
        assertThat(result.out())
                .containsPattern("mean: \\[0\\.[4-6]\\d+\\]")
                .containsPattern("std: \\[0\\.3[67]\\d+\\]");
    }

    private Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                "asl.cli.Asl"));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    /** Waits until the run of the process has logged a step; false if it ended before. */
    private boolean waitForStep(Process process, int step) throws Exception {
        while (process.isAlive()) {
            for (String run : List.of("killed", "stopped")) {
                Path metrics = folder.resolve(run + "/metrics.jsonl");
                if (Files.exists(metrics) && Files.readString(metrics).contains("\"step\":" + step + ",")) {
                    return true;
                }
            }
            Thread.sleep(1);
        }
        return false;
    }

    private List<Double> losses(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run + "/metrics.jsonl")).stream()
                .map(PretrainCommandTest::loss)
                .toList();
    }

    private String weights(String run) throws IOException {
        return TinyRun.tensors(folder.resolve(run), "model.safetensors");
    }
}
