package asl.cli;

import asl.config.FinetuneConfig;
import asl.config.ResolvedConfig;
import asl.distributed.World;
import asl.eval.FinetunedScores;
import asl.eval.ScoreReport;
import asl.train.FinetunePreview;
import asl.train.Finetuning;
import asl.train.Finetuning.Outcome;
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

/** {@code asl finetune}: a classifier from pre-trained weights, or from random ones. */
@Command(
        name = "finetune",
        description = "Train a classifier end to end, from pre-trained weights or from scratch (weights: random).",
        mixinStandardHelpOptions = true)
final class FinetuneCommand implements Callable<Integer> {
    @Mixin
    private final RunOptions options = new RunOptions();

    @Option(
            names = "--holdout",
            paramLabel = "SHARE",
            description = "Choose the best epoch by so much of the training images, such as 0.1; the same as --set "
                    + "classifier.holdout=SHARE.")
    private @Nullable Double holdout;

    @Option(
            names = "--eval",
            description = "Measure a fine-tuned checkpoint (weights) on the validation part, and exit.")
    private boolean eval;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<String> sets = holdout == null ? List.of() : List.of("classifier.holdout=" + holdout);
        ResolvedConfig<FinetuneConfig> resolved = options.load(FinetuneConfig.class, FinetuneConfig.DEFAULTS, sets);
        PrintWriter out = spec.commandLine().getOut();
        if (options.dryRun()) {
            out.println(resolved.toYaml());
            FinetunePreview.lines(resolved.config()).forEach(out::println);
            out.flush();
            return ExitCode.OK;
        }
        FinetuneConfig config = resolved.config();
        return Ranks.run(
                spec.commandLine(),
                config.dist(),
                config.engine(),
                world -> run(config, world, world.rank() == 0 ? out : new PrintWriter(PrintWriter.nullWriter())));
    }

    private void run(FinetuneConfig config, World world, PrintWriter out) throws IOException {
        if (eval) {
            ScoreReport report = FinetunedScores.measure(config, world, Ranks.notes(spec.commandLine(), world));
            out.println(report.line());
        } else {
            Outcome outcome = new Finetuning(config, world).run(options.existing());
            outcome.scores().forEach(out::println);
            out.print(outcome.summary().text());
        }
        out.flush();
    }
}
