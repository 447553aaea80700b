package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Python with PyTorch that reads what we wrote: {@code /usr/bin/python3} (Debian, Ubuntu: apt-get install python3-torch),
 * or the one that the system property {@code asl.python} names. A test without it fails, but for {@code -Dasl.python=none}.
 */
public final class PythonPeer {
    private static final String PYTHON = System.getProperty("asl.python", "/usr/bin/python3");

    private PythonPeer() {}

    /** Runs a script; what it prints. */
    public static String run(String script, Path... arguments) throws IOException {
        assumeFalse(PYTHON.equals("none"), "left out as -Dasl.python=none asks");
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", script));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(await(process)).as("%s: %s", PYTHON, output).isZero();
        return output.strip();
    }

    private static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
