package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real {@code scripts/asl}, as a person would. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("scripts", "asl").toAbsolutePath();

    @TempDir
    private Path folder;

    private record Result(int exitCode, String out, String err) {}

    private Result run(Path launcher, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString());
        builder.command().addAll(List.of(args));
        builder.environment().keySet().removeIf(name -> name.startsWith("MALLOC_"));
        builder.environment().putAll(environment);
        Process process = builder.directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** A folder to stand for a JDK, whose {@code java} tells its version and else does what the line says. */
    private String javaHome(String version, String line) throws IOException {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2019-01-15' >&2; exit; fi
                %s
                """.formatted(version, line));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder.resolve("jdk").toString();
    }

    @Test
    void runsThroughASymbolicLinkFromAnotherFolderWithCleanStdout() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link to asl"), LAUNCHER);
        Result first = run(link, Map.of(), "--version");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("asl ");

        Result again = run(link, Map.of(), "--version");
        assertThat(again).isEqualTo(new Result(0, first.out(), ""));
    }

    @Test
    void passesJvmOptionsArgumentsAndExitCode() throws Exception {
        Map<String, String> options = Map.of("ASL_JAVA_OPTS", "-Dos.name=Plan9  -Xmx64m");
        assertThat(run(LAUNCHER, options, "--version").out()).contains("Plan9");
        Result wrong = run(LAUNCHER, Map.of(), "pre train");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("'pre train'");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void buffersStayInOneHeapOnTheCpuUnlessToldOtherwise() throws Exception {
        run(LAUNCHER, Map.of(), "--version"); // builds
        String home = javaHome("17.0.1", "echo $MALLOC_ARENA_MAX $MALLOC_MMAP_MAX_ $MALLOC_TRIM_THRESHOLD_");
        assertThat(run(LAUNCHER, Map.of("JAVA_HOME", home)).out()).isEqualTo("1 0 1099511627776\n");
        Map<String, String> chosen = Map.of(
                "JAVA_HOME", home, "MALLOC_ARENA_MAX", "4", "MALLOC_MMAP_MAX_", "9", "MALLOC_TRIM_THRESHOLD_", "8");
        assertThat(run(LAUNCHER, chosen).out()).isEqualTo("4 9 8\n");
    }

    @Test
    void unknownEngineLineIsRefused() throws Exception {
        Result result = run(LAUNCHER, Map.of("ASL_ENGINE", "cu999"), "--version");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err().lines()).singleElement().asString().contains("cu999", "cpu, cu121");
    }

    @Test
    void oldJavaIsNamedWithWhatToInstall() throws Exception {
        Result result = run(LAUNCHER, Map.of("JAVA_HOME", javaHome("11.0.2", "exit 1")), "--version");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err().lines()).singleElement().asString().contains("version 11", "apt-get install");
    }
}
