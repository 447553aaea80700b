package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The contract every command inherits: exit codes, where text goes, one line for a failure. */
class AslTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** A subcommand that does what the test asks. */
    @Command(name = "probe")
    private record Probe(Callable<Integer> body) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            return body.call();
        }
    }

    private int run(Callable<Integer> body, String... args) {
        CommandLine commandLine = Asl.commandLine();
        commandLine.addSubcommand(new Probe(body));
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void versionNamesTheEngineLineOnStdout() {
        assertThat(run(() -> 0, "--version")).isZero();
        assertThat(out.toString())
                .startsWith("asl ")
                .contains("DJL 0.", "PyTorch 2.")
                .doesNotContain("${");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void withoutCommandItShowsUsageOnStderr() {
        assertThat(run(() -> 0)).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("Usage: asl");
    }

    @Test
    void unknownOptionIsOneLineAndTheWayOut() {
        assertThat(run(() -> 0, "probe", "--nope")).isEqualTo(2);
        assertThat(err.toString()).contains("asl: Unknown option: '--nope'").endsWith("Try 'asl probe --help'.\n");
    }

    @Test
    void misspelledCommandIsSuggested() {
        assertThat(run(() -> 0, "porbe")).isEqualTo(2);
        assertThat(err.toString()).containsPattern("Did you mean: .*asl probe");
    }

    @Test
    void exitCodeOfTheCommandIsPassedOn() {
        assertThat(run(() -> 0, "probe")).isZero();
        assertThat(run(() -> 1, "probe")).isEqualTo(1);
    }

    @Test
    void configurationProblemsAreAllNamed() {
        Callable<Integer> body = () -> {
            throw new ConfigException(List.of("train.epoch: unknown key", "method.mask_ratio: must be below 1"));
        };
        assertThat(run(body, "probe")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("asl: train.epoch: unknown key\nasl: method.mask_ratio: must be below 1\n");
    }

    @Test
    void failureIsOneLineAndCodeOne(@TempDir Path folder) {
        Path absent = folder.resolve("absent.yaml");
        Callable<Integer> body = () -> {
            try {
                return Files.readString(absent).length();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        assertThat(run(body, "probe")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("asl: " + absent + ": no such file or folder\n");
    }

    @Test
    void brokenNativeLibraryIsOneLineToo() {
        Callable<Integer> body = () -> {
            throw new UnsatisfiedLinkError("libmpi.so: cannot open shared object file");
        };
        assertThat(run(body, "probe")).isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("libmpi.so");
    }

    @Test
    void verboseAddsTheStackTraceAfterTheCommandToo() {
        Callable<Integer> body = () -> {
            throw new IllegalStateException("loss is not finite at step 7");
        };
        assertThat(run(body, "probe", "--verbose")).isEqualTo(1);
        assertThat(err.toString()).contains("\tat asl.cli.AslTest").endsWith("asl: loss is not finite at step 7\n");
    }
}
