package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Python with PyTorch that reads what we wrote: {@code /usr/bin/python3}, or the one that the system property {@code
 * asl.python} names. Where it has no PyTorch the test is reported as skipped.
 */
public final class PythonPeer {
    private static final String PYTHON = System.getProperty("asl.python", "/usr/bin/python3");
    private static final Map<String, Boolean> MODULES = new ConcurrentHashMap<>();

    private PythonPeer() {}

    /** Runs a script that imports a module; what it prints. */
    public static String run(String module, String script, Path... arguments) throws IOException {
        assumeTrue(MODULES.computeIfAbsent(module, PythonPeer::present), PYTHON + " has no module " + module);
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", script));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(await(process)).as(output).isZero();
        return output.strip();
    }

    private static boolean present(String module) {
        try {
            return await(new ProcessBuilder(PYTHON, "-c", "import " + module)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start())
                    == 0;
        } catch (IOException e) {
            return false;
        }
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
