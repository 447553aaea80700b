package asl.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code asl} program: one subcommand per job. Exit codes: 0 done, 1 the run failed, 2 wrong usage or configuration.
 * The class only wires; every subcommand is a class of its own.
 */
@Command(
        name = "asl",
        description = "Self-supervised pre-training of vision transformers from arbitrary scenarios (ASL, MAE).",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PretrainCommand.class,
            LinprobeCommand.class,
            FinetuneCommand.class,
            PredictCommand.class,
            KnnCommand.class,
            EmbedCommand.class,
            SimilarityCommand.class,
            DataCommand.class,
            ConfigCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            InspectCommand.class,
            BenchCommand.class,
            EnvCommand.class
        })
public final class Asl implements Callable<Integer> {
    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of a failure beside its message.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    private Asl() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The whole command line, for {@link #main} and for tests, which capture its output and exit code. */
    public static CommandLine commandLine() {
        Asl root = new Asl();
        return new CommandLine(root)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Failures::usage)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> Failures.run(failure, command, root.verbose))
                .setExecutionStrategy(parsed -> Failures.guard(new CommandLine.RunLast(), parsed));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
