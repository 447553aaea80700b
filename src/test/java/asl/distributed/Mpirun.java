package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A job of several JVMs under the machine's {@code mpirun}, on the class path of the tests. Where there is no mpirun the test
 * is reported as skipped.
 */
public final class Mpirun implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path output;

    private Mpirun(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts so many ranks.
     *
     * @param folder where the output is kept
     * @param program class with a main method, and its arguments
     */
    public static Mpirun start(Path folder, int ranks, List<String> program) throws IOException {
        assumeTrue(installed(), "no mpirun on the PATH (Debian, Ubuntu: apt-get install openmpi-bin)");
        List<String> command = new ArrayList<>(List.of("mpirun", "--bind-to", "none", "--oversubscribe", "-np"));
        command.add(Integer.toString(ranks));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(program);
        Path output = Files.createTempFile(folder, "mpirun", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
        builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        // Containers forbid reading the memory of another process.
        builder.environment().put("OMPI_MCA_btl_vader_single_copy_mechanism", "none");
        // Between SIGTERM and SIGKILL, in seconds, so that a job that is interrupted can save; always waited out in
        // full.
        builder.environment().put("OMPI_MCA_odls_base_sigkill_timeout", "4");
        return new Mpirun(builder.start(), output);
    }

    /** Whether there is an mpirun. */
    public static boolean installed() {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mpirun")));
    }

    /** How a job ended, and all that its ranks printed. */
    public record Result(int code, String output) {}

    /** Runs a job to its end. */
    public static Result run(Path folder, int ranks, List<String> program) throws Exception {
        try (Mpirun job = start(folder, ranks, program)) {
            return job.await();
        }
    }

    /** Waits for the end; no rank may be left behind. */
    public Result await() throws Exception {
        List<ProcessHandle> ranks = ranks();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("job ends: %s", Files.readString(output))
                .isTrue();
        for (ProcessHandle rank : ranks) {
            rank.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        return new Result(process.exitValue(), Files.readString(output));
    }

    /** The processes of the ranks that run. */
    public List<ProcessHandle> ranks() {
        return process.descendants()
                .filter(handle -> handle.info().command().orElse("").endsWith("java"))
                .toList();
    }

    /** Sends a signal, by its name, to a process of the job. */
    public static void signal(String name, long pid) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    public long pid() {
        return process.pid();
    }

    /** What was printed so far. */
    public String output() throws IOException {
        return Files.readString(output);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        ranks().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
