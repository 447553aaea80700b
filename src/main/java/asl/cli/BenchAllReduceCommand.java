package asl.cli;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.RunConfig;
import asl.distributed.World;
import asl.ops.Engines;
import asl.train.AllReduceBench;
import asl.train.AllReduceBench.Result;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl bench allreduce}: what several processes pay for their common gradients; run it under mpirun. */
@Command(
        name = "allreduce",
        mixinStandardHelpOptions = true,
        description =
                "Measure the mean over all ranks of arrays as large as the model's gradients; to be run by mpirun.")
final class BenchAllReduceCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "10", description = "Reductions; default 10.")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to a JSON file.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1) {
            throw new ConfigException("--rounds: must be over 0");
        }
        RunConfig config =
                options.load(RunConfig.class, RunConfig.DEFAULTS, List.of()).config();
        return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> measure(world, config));
    }

    private void measure(World world, RunConfig config) throws IOException {
        Engines.Setup engine = Engines.open(config.engine(), world.localRank(), world.cores());
        try (NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch")) {
            Result result = AllReduceBench.run(world, manager, config, rounds);
            if (world.rank() != 0) {
                return;
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(line(world, result));
            out.flush();
            if (json != null) {
                Files.writeString(json, new ObjectMapper().writeValueAsString(page(world, result)) + "\n");
            }
        }
    }

    private static String line(World world, Result result) {
        return String.format(
                Locale.ROOT,
                "%s: mean of %d arrays, %.1f MB, in %.4f s (%.4f to %.4f): %.2f GB/s (%.2f to %.2f)",
                world.describe(),
                result.arrays(),
                result.bytes() / 1e6,
                result.seconds().median(),
                result.seconds().min(),
                result.seconds().max(),
                result.gigabytesPerSecond().median(),
                result.gigabytesPerSecond().min(),
                result.gigabytesPerSecond().max());
    }

    private static Map<String, Object> page(World world, Result result) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("world", world.describe());
        page.put("ranks", world.size());
        page.put("arrays", result.arrays());
        page.put("bytes", result.bytes());
        page.put("seconds", result.seconds());
        page.put("gigabytes_per_second", result.gigabytesPerSecond());
        return page;
    }
}
