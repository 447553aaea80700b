package asl.cli;

import picocli.CommandLine.Command;

/** {@code asl bench}: how fast this machine does what. */
@Command(
        name = "bench",
        description = "Measure how fast this machine is.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {BenchStepCommand.class, BenchDataCommand.class, BenchAllReduceCommand.class})
final class BenchCommand {}
