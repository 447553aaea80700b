package asl.cli;

import picocli.CommandLine.Command;

/** {@code asl data}: what can be done with a data set before training on it. */
@Command(
        name = "data",
        description = "Look into a data set, or pack it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DataStatsCommand.class, DataCheckCommand.class, DataPackCommand.class})
final class DataCommand {}
