package asl.cli;

import asl.config.RunConfig;
import asl.data.DatasetStats;
import asl.data.ImageSource;
import asl.data.SampleTransform;
import asl.data.Sources;
import asl.data.image.Augmentation;
import asl.data.image.WholeImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl data stats}: mean and deviation of a data set's pixels, ready to paste into a configuration. */
@Command(
        name = "stats",
        description = "Print data.mean and data.std of a data set (data.root or data.mix of the configuration).",
        mixinStandardHelpOptions = true)
final class DataStatsCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Read N images, evenly over the set; 0 (the default) = all.")
    private int images;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        RunConfig config =
                options.load(RunConfig.class, RunConfig.DEFAULTS, List.of()).config();
        int channels = config.model().channels();
        SampleTransform transform = SampleTransform.of(
                new Augmentation(new WholeImage(), config.model().imageSize(), channels, 0));
        PrintWriter out = spec.commandLine().getOut();
        try (ImageSource source = Sources.open(config.data())) {
            DatasetStats stats = DatasetStats.of(source, transform, channels, images);
            out.println("# " + stats.images() + " images at " + config.model().imageSize() + " px, " + stats.bad()
                    + " could not be read");
            out.println("data:");
            out.println("  mean: " + list(stats.mean()));
            out.println("  std: " + list(stats.std()));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static String list(List<Double> values) {
        return values.stream()
                .map(value -> String.format(Locale.ROOT, "%.4f", value))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
