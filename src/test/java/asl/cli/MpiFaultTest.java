package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.distributed.Mpirun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on one of two ranks ends both, and says why. {@link Mpirun} sees to it that no process is left. */
@Tag("engine")
final class MpiFaultTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = TinyRun.makeImages(Files.createDirectory(folder.resolve("data")));
    }

    private List<String> program(String main, String... settings) {
        List<String> program = new ArrayList<>(List.of(main));
        program.addAll(TinyRun.command(data, folder.resolve("run")));
        program.addAll(List.of("--set", "train.batch_size=4", "--set", "log.images_every_epochs=0"));
        program.addAll(List.of("--set", "dist.check_every_steps=3"));
        program.addAll(List.of(settings));
        return program;
    }

    /** Waits until two ranks train. */
    private Mpirun running(String... settings) throws Exception {
        List<String> program = program("asl.cli.Asl", settings);
        program.addAll(List.of("--set", "train.steps=1000000"));
        Mpirun job = Mpirun.start(folder, 2, program);
        Path metrics = folder.resolve("run/metrics.jsonl");
        while (job.isAlive()
                && !(Files.exists(metrics) && Files.readString(metrics).contains("\"step\":5,"))) {
            Thread.sleep(20);
        }
        assertThat(job.isAlive()).as("trains: %s", job.output()).isTrue();
        assertThat(job.ranks()).hasSize(2);
        return job;
    }

    @Test
    void aKilledRankEndsTheJobAndItGoesOnFromTheCheckpoint() throws Exception {
        try (Mpirun job = running()) {
            Mpirun.signal("KILL", job.ranks().get(1).pid());
            assertThat(job.await().code()).isEqualTo(137);
        }
        List<String> again = program("asl.cli.Asl", "--resume", "--set", "train.steps=6");
        Mpirun.Result result = Mpirun.run(folder, 2, again);
        assertThat(result.output()).contains("going on from");
    }

    @Test
    void aRankThatHangsIsGivenUp() throws Exception {
        try (Mpirun job = running("--set", "dist.timeout_minutes=0.05")) {
            Mpirun.signal("STOP", job.ranks().get(1).pid());
            Mpirun.Result result = job.await();
            assertThat(result.code()).isEqualTo(75);
            assertThat(result.output())
                    .containsPattern("asl: rank [01]: waited 3.0 s in .*: another rank hangs")
                    .contains("asl.train.TrainLoop.run");
        }
    }

    @Test
    void anInterruptedJobSavesFirst() throws Exception {
        try (Mpirun job = running("--set", "checkpoint.every_steps=0")) {
            Mpirun.signal("INT", job.pid());
            job.await();
        }
        String latest =
                Files.readString(folder.resolve("run/checkpoints/latest")).strip();
        assertThat(Integer.parseInt(latest.substring("step-".length()))).isGreaterThanOrEqualTo(5);
    }

    @Test
    void anExceptionInOneRankEndsAllWithItsName() throws Exception {
        List<String> program = List.of(
                "asl.cli.RankPrograms", "throwing", "-o", folder.resolve("run").toString());
        Mpirun.Result result = Mpirun.run(folder, 2, program);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.output()).containsOnlyOnce("asl: rank 1: of its own");
    }

    @Test
    void aMistakeInTheConfigurationIsToldOnce() throws Exception {
        Mpirun.Result result = Mpirun.run(folder, 3, program("asl.cli.Asl", "--set", "train.epoch=3"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).containsOnlyOnce("asl: ").contains("did you mean train.epochs?");
    }

    /** Negative control: were the gradients not reduced, the ranks would part, and it would be seen. */
    @Test
    void weightsThatPartAreFound() throws Exception {
        Mpirun.Result result = Mpirun.run(folder, 2, program("asl.cli.RankPrograms", "--set", "train.steps=10"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.output()).containsOnlyOnce("asl: step 3: the weights of rank 1 differ from those of rank 0");
    }
}
