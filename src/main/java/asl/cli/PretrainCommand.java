package asl.cli;

import asl.config.ConfigException;
import asl.config.ResolvedConfig;
import asl.config.RunConfig;
import asl.config.RunConfig.TrainConfig;
import asl.config.TrainPlan;
import asl.data.ImageSource;
import asl.data.Sources;
import asl.model.ModelSummary;
import asl.train.BatchFinder;
import asl.train.Pretraining;
import asl.train.Pretraining.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code asl pretrain}: ASL or MAE on unlabelled images. */
@Command(
        name = "pretrain",
        description = "Pre-train a vision transformer on unlabelled images, by ASL or MAE.",
        mixinStandardHelpOptions = true)
final class PretrainCommand implements Callable<Integer> {
    @Mixin
    private final RunOptions options = new RunOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ResolvedConfig<RunConfig> resolved = options.load(RunConfig.class, RunConfig.DEFAULTS);
        PrintWriter out = spec.commandLine().getOut();
        if (options.dryRun()) {
            dryRun(resolved, out);
            return ExitCode.OK;
        }
        RunConfig config = resolved.config();
        return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> {
            ResolvedConfig<RunConfig> settled = BatchFinder.settle(resolved, world);
            if (world.rank() == 0 && config.train().batchSize() == 0) {
                TrainConfig train = settled.config().train();
                out.println("batch        auto: micro-batches of " + train.batchSize() + ", " + train.accumIter()
                        + " of them a step");
                out.flush();
            }
            Outcome outcome = new Pretraining(settled, world).run(options.existing());
            if (world.rank() == 0) {
                out.print(outcome.summary().text());
                out.flush();
            }
        });
    }

    private static RunConfig oneByOne(RunConfig config) {
        return config.with(config.train().inMicroBatches(1, 1));
    }

    private static void dryRun(ResolvedConfig<RunConfig> resolved, PrintWriter out) throws IOException {
        out.print(resolved.toYaml());
        out.println();
        boolean auto = resolved.config().train().batchSize() == 0;
        RunConfig config = auto ? oneByOne(resolved.config()) : resolved.config();
        if (auto) {
            out.println("batch        auto: found when the run starts; memory below is that of micro-batches of 1");
        }
        int batch = config.train().batchSize();
        ModelSummary.of(config, config.engine().precision(), batch)
                .lines(config)
                .forEach(out::println);
        try (ImageSource source = Sources.open(config.data())) {
            out.println("data         " + source.describe());
            out.println(TrainPlan.of(config.train(), config.optim(), 1, source.size())
                    .line());
        } catch (ConfigException e) {
            out.println("data         not there, so no schedule: " + e.getMessage());
        } finally {
            out.flush();
        }
    }
}
