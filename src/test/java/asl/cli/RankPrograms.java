package asl.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.config.LinprobeConfig;
import asl.config.ResolvedConfig;
import asl.config.RunConfig;
import asl.distributed.World;
import asl.train.KnnRun;
import asl.train.LinprobeRun;
import asl.train.Pretraining;
import asl.train.RunFolder.Existing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that go wrong, for {@link MpiFaultTest}, and several in one job, for {@link EvaluationRanksTest}. */
@Command(
        name = "fault",
        subcommands = {RankPrograms.Throwing.class, RankPrograms.Unreduced.class, RankPrograms.Probes.class})
final class RankPrograms {
    private RankPrograms() {}

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new RankPrograms())
                .setExecutionExceptionHandler((failure, command, parsed) -> Failures.run(failure, command, false))
                .setExecutionStrategy(parsed -> Failures.guard(new CommandLine.RunLast(), parsed));
        System.exit(line.execute(arguments));
    }

    /** Rank 1 fails while the others wait for it. */
    @Command(name = "throwing")
    static final class Throwing implements Callable<Integer> {
        @Mixin
        private final RunOptions options = new RunOptions();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            RunConfig config = options.load(RunConfig.class, RunConfig.DEFAULTS).config();
            return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> {
                if (world.rank() == 1) {
                    throw new AssertionError("of its own");
                }
                world.barrier();
            });
        }
    }

    /** Pre-trains with the gradients of each rank left as they are. */
    @Command(name = "pretrain")
    static final class Unreduced implements Callable<Integer> {
        @Mixin
        private final RunOptions options = new RunOptions();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            ResolvedConfig<RunConfig> resolved = options.load(RunConfig.class, RunConfig.DEFAULTS);
            RunConfig config = resolved.config();
            return Ranks.run(
                    spec.commandLine(),
                    config.dist(),
                    config.engine(),
                    world -> new Pretraining(resolved, new UnreducedWorld(world)).run(Existing.REFUSE));
        }
    }

    /** Linear probes of both modes and nearest neighbours, each into a folder of its name. */
    @Command(name = "probes")
    static final class Probes implements Callable<Integer> {
        @Mixin
        private final ConfigOptions options = new ConfigOptions();

        @Parameters(index = "0")
        private Path folder = Path.of("");

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            LinprobeConfig first = load("cached").config();
            return Ranks.run(spec.commandLine(), first.dist(), first.engine(), world -> {
                for (String mode : List.of("cached", "augment")) {
                    ResolvedConfig<LinprobeConfig> probe = load(mode, "probe.mode=" + mode);
                    List<String> lines =
                            new LinprobeRun(probe, world).run(Existing.REFUSE).lines();
                    if (world.rank() == 0) {
                        lines.forEach(spec.commandLine().getOut()::println);
                    }
                }
                new KnnRun(load("knn").config(), List.of(5), world).run();
            });
        }

        private ResolvedConfig<LinprobeConfig> load(String name, String... more) {
            List<String> sets = new ArrayList<>(List.of("output_dir=" + folder.resolve(name)));
            sets.addAll(List.of(more));
            return options.load(LinprobeConfig.class, LinprobeConfig.DEFAULTS, sets);
        }
    }

    private record UnreducedWorld(World world) implements World {
        @Override
        public int rank() {
            return world.rank();
        }

        @Override
        public int size() {
            return world.size();
        }

        @Override
        public int localRank() {
            return world.localRank();
        }

        @Override
        public int cores() {
            return world.cores();
        }

        @Override
        public void allReduceMean(NDList arrays) {}

        @Override
        public void broadcast(NDList arrays, int root) {
            world.broadcast(arrays, root);
        }

        @Override
        public void allToAll(NDArray sent, NDArray received) {
            world.allToAll(sent, received);
        }

        @Override
        public void allGather(NDArray part, NDArray whole) {
            world.allGather(part, whole);
        }

        @Override
        public double[] allReduceSum(double... values) {
            return world.allReduceSum(values);
        }

        @Override
        public double[] allReduceMax(double... values) {
            return world.allReduceMax(values);
        }

        @Override
        public void barrier() {
            world.barrier();
        }

        @Override
        public void abort(int exitCode) {
            world.abort(exitCode);
        }

        @Override
        public String describe() {
            return world.describe();
        }

        @Override
        public void close() {
            world.close();
        }
    }
}
