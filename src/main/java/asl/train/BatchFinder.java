package asl.train;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.ResolvedConfig;
import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import asl.distributed.World;
import asl.model.MemoryEstimate;
import asl.model.ModelSummary;
import asl.ops.Engines;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * {@code train.batch_size: auto}: the largest micro-batch that fits the memory and divides the effective batch, which so
 * stays what it is on every machine. A GPU is tried until it does; a CPU's memory is estimated first, since the system
 * ends a process that takes too much without a word.
 */
public final class BatchFinder {
    /** Part of the free memory that an estimate may take: it leaves out the engine's scratch space and the JVM. */
    private static final double USABLE = 0.75;

    private final RunConfig config;
    private final World world;
    private final Engines.Setup engine;
    private final LongSupplier available;

    /** @param available bytes free on this machine */
    BatchFinder(RunConfig config, World world, Engines.Setup engine, LongSupplier available) {
        this.config = config;
        this.world = world;
        this.engine = engine;
        this.available = available;
    }

    /** The configuration with the batch that was found; as it is where the batch is known. All ranks find the same. */
    public static ResolvedConfig<RunConfig> settle(ResolvedConfig<RunConfig> resolved, World world) throws IOException {
        RunConfig config = resolved.config();
        if (config.train().batchSize() > 0) {
            return resolved;
        }
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        int size = new BatchFinder(config, world, engine, MachineMemory::availableBytes).find();
        return ResolvedConfig.of(config.with(config.train().inMicroBatches(size, world.size())));
    }

    /** The largest size that fits on every rank. */
    int find() {
        int effective = config.train().effectiveBatch();
        if (effective % world.size() != 0) {
            throw new ConfigException(
                    "train.effective_batch: " + effective + " does not divide among " + world.size() + " processes");
        }
        int own = effective / world.size();
        List<Integer> sizes = IntStream.rangeClosed(1, own)
                .map(i -> own + 1 - i)
                .filter(size -> own % size == 0)
                .boxed()
                .toList();
        int found = sizes.stream().filter(this::fits).findFirst().orElse(0);
        int common = (int) -world.allReduceMax(-found)[0];
        if (common == 0) {
            throw new ConfigException("train.batch_size: not even one image fits the memory of " + engine.device()
                    + "; set train.checkpoint_activations: true, engine.precision: bf16, or take a smaller model");
        }
        return common;
    }

    private boolean fits(int size) {
        RunConfig trial = config.with(config.train().inMicroBatches(size, world.size()));
        return (engine.device().isGpu() || estimateFits(trial, size)) && stepFits(trial, engine.device());
    }

    /** The processes of a machine share its memory; that all are on this one is the cautious guess. */
    private boolean estimateFits(RunConfig trial, int size) {
        MemoryEstimate estimate =
                ModelSummary.of(trial, engine.precision(), size).memory();
        return estimate.total() < USABLE * available.getAsLong() / world.size();
    }

    private boolean stepFits(RunConfig trial, Device device) {
        Precision precision = engine.precision();
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch");
                TrainingStep step = new TrainingStep(manager, trial, precision)) {
            step.step(manager);
            return true;
        } catch (EngineException e) {
            if (OutOfMemoryException.explained(e) instanceof OutOfMemoryException) {
                return false;
            }
            throw e;
        }
    }
}
