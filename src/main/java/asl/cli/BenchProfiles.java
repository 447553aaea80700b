package asl.cli;

import ai.djl.ndarray.NDManager;
import asl.cli.OperatorProfile.Operator;
import asl.ops.OperatorTrace;
import asl.train.StepBench.Candidate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code asl bench step --profile} prints: one more step of each kind, by operators. */
final class BenchProfiles {
    /** Those that follow take a hundredth of a step or less. */
    private static final int SHOWN = 12;

    private BenchProfiles() {}

    /** Writes a trace of each candidate into the folder; returns the tables. */
    static List<String> take(NDManager manager, List<Candidate> candidates, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> lines = new ArrayList<>();
        for (Candidate candidate : candidates) {
            String name = candidate.subject().name();
            Path trace = folder.resolve(name.replace(' ', '-') + ".json");
            OperatorTrace.write(trace, () -> candidate.step(manager)); // makes room for the records among the arrays
            OperatorTrace.write(trace, () -> candidate.step(manager));
            OperatorProfile profile = OperatorProfile.read(trace);
            lines.add("profile of %s, in %s".formatted(name, trace));
            profile.operators().stream()
                    .limit(SHOWN)
                    .map(operator -> line(operator, profile.total()))
                    .forEach(lines::add);
        }
        return lines;
    }

    private static String line(Operator operator, double total) {
        return String.format(
                Locale.ROOT,
                "  %9.1f ms %5.1f%% %6d calls  %s",
                operator.milliseconds(),
                100 * operator.milliseconds() / total,
                operator.calls(),
                operator.name());
    }
}
