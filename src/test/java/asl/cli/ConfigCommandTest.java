package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.config.ConfigLoader;
import asl.config.ResolvedConfig;
import asl.config.RunConfig;
import asl.train.RunFolder.Existing;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class ConfigCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    /** A command that trains nothing. */
    @Command(name = "job")
    private static final class Job implements Callable<Integer> {
        @Mixin
        private final RunOptions options = new RunOptions();

        private ResolvedConfig<RunConfig> loaded() {
            return options.load(RunConfig.class, RunConfig.DEFAULTS);
        }

        @Override
        public Integer call() {
            return 0;
        }
    }

    @Test
    void printsWhatReadsBackToTheSameConfiguration() throws IOException {
        Path file = Files.writeString(folder.resolve("run.yaml"), "train: {epochs: 100}\n");
        assertThat(run("config", "--config", file.toString(), "--set", "seed=7", "-s", "data.root=/a b"))
                .isZero();
        RunConfig config = ConfigLoader.parse(RunConfig.class, RunConfig.DEFAULTS, out.toString(), "printed")
                .config();
        assertThat(config.train().epochs()).isEqualTo(100);
        assertThat(config.seed()).isEqualTo(7);
        assertThat(config.data().root()).isEqualTo("/a b");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void printsTheCommentedDefaultsOfEachJob() {
        assertThat(run("config", "finetune", "--defaults")).isZero();
        assertThat(out.toString()).startsWith("# Every key of `asl finetune`").contains("layer_decay: 0.65");
        assertThat(run("config", "linprobe")).isZero();
        assertThat(out.toString()).contains("trust: 0.001");
    }

    @Test
    void everyProblemIsALineAndTheExitCodeIsTwo() {
        assertThat(run("config", "--set", "train.epoch=1", "--set", "model.heads=5"))
                .isEqualTo(2);
        assertThat(run("config", "--set", "optim.beta1=2", "--set", "model.heads=5"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "asl: --set: train.epoch: unknown key (did you mean train.epochs?)",
                        "asl: --set: model.heads: 5 heads do not divide the width of 768",
                        "asl: --set: optim.beta1: must be at least 0 and less than 1, not 2.0");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void runOptionsReadTheOutputFolderAndTheSwitches() {
        Job job = new Job();
        new CommandLine(job).parseArgs("--output-dir", "runs/a", "--set", "output_dir=runs/b", "--resume", "--dry-run");
        assertThat(job.loaded().config().outputDir()).isEqualTo("runs/a");
        assertThat(job.options.existing()).isEqualTo(Existing.RESUME);
        assertThat(job.options.dryRun()).isTrue();

        Job plain = new Job();
        new CommandLine(plain).parseArgs();
        assertThat(plain.loaded().config().outputDir()).isEqualTo("runs/pretrain");
        assertThat(plain.options.existing()).isEqualTo(Existing.REFUSE);
        assertThat(plain.options.dryRun()).isFalse();
    }

    @Test
    void resumeAndOverwriteExcludeEachOther() {
        CommandLine commandLine = new CommandLine(new Job()).setErr(new PrintWriter(err, true));
        assertThat(commandLine.execute("--resume", "--overwrite")).isEqualTo(2);
        assertThat(err.toString()).contains("--resume", "--overwrite", "mutually exclusive");
    }

    private int run(String... args) {
        return Asl.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
