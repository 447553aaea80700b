package asl.cli;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import asl.ops.Engines;
import asl.ops.MatrixPeak;
import asl.train.PeerStep;
import asl.train.ProcessMemory;
import asl.train.StepBench;
import asl.train.StepBench.Candidate;
import asl.train.StepTimes;
import asl.train.TrainingStep;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl bench step}: the pre-training step on random images, of several branches and precisions in turn. */
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        description = {
            "Measure the pre-training step on random images; no data set is needed.",
            "Everything asked for takes its steps in turn, so that ratios are fair; peak memory is that of the whole process."
        })
final class BenchStepCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Mixin
    private final BenchVariants variants = new BenchVariants();

    @Option(
            names = "--peer",
            paramLabel = "FILE.pt",
            description =
                    "A traced model (images -> loss) to compare with: its forward and backward, in the same PyTorch.")
    private @Nullable Path peer;

    @Option(names = "--peer-only", description = "Measure the peer alone, to see its memory.")
    private boolean peerOnly;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "10", description = "Steps of each; default 10.")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to a JSON file.")
    private @Nullable Path json;

    @Option(names = "--compare", paramLabel = "FILE", description = "Compare with a JSON file written before.")
    private @Nullable Path compare;

    @Option(
            names = "--profile",
            paramLabel = "FOLDER",
            description = "Show what operators a further step of each spends its time in, and write its trace there.")
    private @Nullable Path profile;

    @Spec
    private CommandSpec spec;

    private List<String> profiles = List.of();

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || (peerOnly && peer == null)) {
            throw new ConfigException(rounds < 1 ? "--rounds: must be over 0" : "--peer-only: needs --peer FILE.pt");
        }
        List<RunConfig> configs = variants.configs(options);
        RunConfig first = configs.get(0);
        if (first.train().batchSize() == 0) {
            throw new ConfigException("train.batch_size: give a number to measure at");
        }
        Optional<JsonNode> former = compare == null ? Optional.empty() : Optional.of(BenchReport.read(compare));
        Engines.Setup engine = Engines.open(first.engine());
        PrintWriter out = spec.commandLine().getOut();
        String machine = "%s, PyTorch %s, %d threads"
                .formatted(EnvCommand.processor(), Engines.pytorchVersion(), engine.threads());
        out.println(machine);
        out.flush();
        BenchReport report = measure(engine, configs);
        report.lines().forEach(out::println);
        profiles.forEach(out::println);
        former.ifPresent(then -> report.comparison(then).forEach(out::println));
        if (json != null) {
            Files.writeString(json, report.json(machine) + "\n");
        }
        out.flush();
        return ExitCode.OK;
    }

    private BenchReport measure(Engines.Setup engine, List<RunConfig> configs) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch")) {
            List<Candidate> candidates = new ArrayList<>();
            try {
                open(manager, configs, candidates);
                Map<Precision, Double> peaks = peaks(manager, configs);
                List<StepTimes> times = StepBench.run(manager, candidates, rounds);
                if (profile != null) {
                    profiles = BenchProfiles.take(manager, candidates, profile);
                }
                return new BenchReport(configs.get(0), peaks, times, ProcessMemory.peakMib(engine.device()));
            } finally {
                candidates.forEach(Candidate::close);
            }
        }
    }

    private void open(NDManager manager, List<RunConfig> configs, List<Candidate> candidates) throws IOException {
        if (peer != null) {
            candidates.add(new PeerStep(manager, configs.get(0), peer));
        }
        if (!peerOnly) {
            for (RunConfig config : configs) {
                candidates.add(new TrainingStep(manager, config, resolved(config)));
            }
        }
    }

    private static Map<Precision, Double> peaks(NDManager manager, List<RunConfig> configs) {
        Map<Precision, Double> peaks = new EnumMap<>(Precision.class);
        for (RunConfig config : configs) {
            peaks.computeIfAbsent(resolved(config), precision -> MatrixPeak.flops(manager, precision));
        }
        return peaks;
    }

    private static Precision resolved(RunConfig config) {
        return Engines.open(config.engine()).precision();
    }
}
