package asl.cli;

import asl.config.LinprobeConfig;
import asl.config.ResolvedConfig;
import asl.data.LabelledData;
import asl.train.LinprobeRun;
import asl.train.LinprobeRun.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl linprobe}: how good frozen features are, by linear heads on them. */
@Command(
        name = "linprobe",
        description = "Train linear heads on the frozen features of a checkpoint, by MAE's recipe, and score them.",
        mixinStandardHelpOptions = true)
final class LinprobeCommand implements Callable<Integer> {
    @Mixin
    private final RunOptions options = new RunOptions();

    @Option(
            names = "--holdout",
            paramLabel = "SHARE",
            description =
                    "Choose epoch and head on this share of the training images; the same as --set probe.holdout.")
    private @Nullable String holdout;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<String> sets = holdout == null ? List.of() : List.of("probe.holdout=" + holdout);
        ResolvedConfig<LinprobeConfig> resolved = options.load(LinprobeConfig.class, LinprobeConfig.DEFAULTS, sets);
        PrintWriter out = spec.commandLine().getOut();
        if (options.dryRun()) {
            dryRun(resolved, out);
            return ExitCode.OK;
        }
        LinprobeConfig config = resolved.config();
        return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> {
            Outcome outcome = new LinprobeRun(resolved, world).run(options.existing());
            if (world.rank() == 0) {
                outcome.lines().forEach(out::println);
                out.flush();
            }
        });
    }

    private static void dryRun(ResolvedConfig<LinprobeConfig> resolved, PrintWriter out) throws IOException {
        LinprobeConfig config = resolved.config();
        out.print(resolved.toYaml());
        out.println();
        try (LabelledData data = LabelledData.open(config.data(), config.probe().classes())) {
            out.println("training     " + data.train().describe());
            out.println("validation   " + data.val().describe());
            out.println("classes      " + data.classNames().size());
        }
        out.flush();
    }
}
