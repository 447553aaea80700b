package asl.cli;

import asl.config.LinprobeConfig;
import asl.train.KnnRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code asl knn}: how good frozen features are, by nearest neighbours. */
@Command(
        name = "knn",
        description = "Score the frozen features of a checkpoint by weighted nearest neighbours (no training).",
        mixinStandardHelpOptions = true)
final class KnnCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = {"-k", "--k"},
            split = ",",
            paramLabel = "K",
            description = "Neighbours that vote; several, such as 10,20,100, are measured side by side.")
    private List<Integer> neighbours = new ArrayList<>();

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Votes weigh exp(cosine / T); the same as --set knn.temperature=T.")
    private @Nullable String temperature;

    @Option(
            names = {"-o", "--output-dir"},
            paramLabel = "FOLDER",
            description = "Where features are kept and knn.json goes; the same as --set output_dir=FOLDER.")
    private @Nullable String outputDir;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<String> sets = new ArrayList<>();
        if (neighbours.stream().anyMatch(k -> k < 1)) {
            throw new ParameterException(spec.commandLine(), "--k: must be over 0");
        }
        if (temperature != null) {
            sets.add("knn.temperature=" + temperature);
        }
        if (outputDir != null) {
            sets.add("output_dir=" + outputDir);
        }
        LinprobeConfig config = options.load(LinprobeConfig.class, LinprobeConfig.DEFAULTS, sets)
                .config();
        List<Integer> all = neighbours.isEmpty() ? List.of(config.knn().k()) : neighbours;
        return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> {
            List<String> lines = new KnnRun(config, all, world).run();
            if (world.rank() == 0) {
                PrintWriter out = spec.commandLine().getOut();
                lines.forEach(out::println);
                out.flush();
            }
        });
    }
}
