package asl.cli;

import asl.config.ConfigLoader;
import asl.config.FinetuneConfig;
import asl.config.LinprobeConfig;
import asl.config.RunConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code asl config}: prints what a run would be configured with, or the commented page of defaults. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Print the resolved configuration of a job as YAML, or its commented defaults.")
final class ConfigCommand implements Callable<Integer> {
    /** The jobs that take a configuration. */
    private enum Job {
        PRETRAIN(RunConfig.class, RunConfig.DEFAULTS),
        LINPROBE(LinprobeConfig.class, LinprobeConfig.DEFAULTS),
        FINETUNE(FinetuneConfig.class, FinetuneConfig.DEFAULTS);

        private final Class<? extends Record> type;
        private final String defaults;

        Job(Class<? extends Record> type, String defaults) {
            this.type = type;
            this.defaults = defaults;
        }
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "JOB",
            defaultValue = "pretrain",
            description = "pretrain (the default), linprobe or finetune.")
    private Job job = Job.PRETRAIN;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(names = "--defaults", description = "Print every key with its default and its meaning.")
    private boolean defaults;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                defaults
                        ? ConfigLoader.defaultsPage(job.defaults)
                        : config.load(job.type, job.defaults, List.of()).toYaml());
        out.flush();
        return ExitCode.OK;
    }
}
