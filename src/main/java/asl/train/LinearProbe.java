package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig.LarsConfig;
import asl.config.Pool;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.ops.ProbeKernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains linear heads on frozen features by MAE's recipe: one head for each kind of feature and learning rate, all on the
 * same batches at once.
 */
public final class LinearProbe implements AutoCloseable {
    private final NDManager manager;
    private final ProbeKernels kernels;
    private final Plan plan;
    private final List<PoolProbe> probes = new ArrayList<>();

    /**
     * What is trained for how long.
     *
     * @param batchSize images per micro-batch, of all ranks; batch norm sees so many at a time
     * @param accumIter micro-batches per step
     */
    public record Plan(List<Pool> pools, LarsConfig optim, int epochs, int batchSize, int accumIter, long seed) {}

    /** The device, by its manager, and the other processes. */
    public record Place(NDManager manager, World world) {}

    /** One head after an epoch; the learning rate is that of the epoch's first step. */
    public record HeadProgress(Pool pool, double blr, double lr, double trainLoss, ClassificationScores scores) {}

    /** What happens between the steps. Steps count over all epochs, epochs from 1. */
    public interface Listener {
        /** After a step within an epoch; returns whether to go on. */
        default boolean stepDone(long step) throws IOException {
            return true;
        }

        /** After an epoch; returns whether to go on. */
        boolean epochDone(int epoch, List<HeadProgress> progress) throws IOException;
    }

    public LinearProbe(Place place, ProbeHeads.Size size, Plan plan) {
        this.manager = place.manager().newSubManager();
        this.kernels = new ProbeKernels(manager);
        this.plan = plan;
        Place inner = new Place(manager, place.world());
        for (Pool pool : plan.pools()) {
            ProbeHeads heads = new ProbeHeads(manager, kernels, size, plan.optim(), plan.seed());
            probes.add(new PoolProbe(pool, heads, size, plan, inner));
        }
    }

    /**
     * Optimizer steps in an epoch; what does not fill a step is left out.
     *
     * @throws IllegalArgumentException if there are too few training images for one step
     */
    public int stepsPerEpoch(FeatureBatches training) {
        int batches = training.count();
        if (batches < plan.accumIter()) {
            throw new IllegalArgumentException("one step takes " + plan.accumIter() + " batches of "
                    + plan.batchSize() + " training images, but there are only " + batches
                    + " such batches; lower probe.batch_size or probe.accum_iter");
        }
        return batches / plan.accumIter();
    }

    /**
     * Trains all heads.
     *
     * @param firstStep steps done before, by the run that this one goes on from
     * @param selection the images whose top-1 tells the best epoch and, to whoever reads the results, the best head
     * @return steps done: fewer than the plan's where the listener stopped it
     * @throws IllegalArgumentException if there are too few training images for one step
     * @throws IllegalStateException if every head diverged
     */
    public long train(long firstStep, FeatureBatches training, FeatureBatches selection, Listener listener)
            throws IOException {
        int stepsPerEpoch = stepsPerEpoch(training);
        long total = (long) stepsPerEpoch * plan.epochs();
        long step = firstStep;
        if (step >= total) {
            measure(plan.epochs(), selection); // a run that was done: only its last figures are missing
        }
        boolean goOn = true;
        while (goOn && step < total) {
            int epoch = (int) (step / stepsPerEpoch);
            step = trainEpoch(step, stepsPerEpoch, training, listener);
            if (step % stepsPerEpoch != 0) {
                return step; // stopped amid the epoch
            }
            List<HeadProgress> progress = measure(epoch + 1, selection);
            if (!PoolProbe.anyAlive(progress)) {
                throw new IllegalStateException(
                        "no head has a finite loss after epoch " + (epoch + 1) + "; lower optim.blrs");
            }
            probes.forEach(PoolProbe::beginEpoch);
            goOn = listener.epochDone(epoch + 1, progress);
        }
        return step;
    }

    /** Trains to the end of the epoch that the step is in, or until the listener stops it; returns the steps done. */
    private long trainEpoch(long first, int stepsPerEpoch, FeatureBatches training, Listener listener)
            throws IOException {
        int accum = plan.accumIter();
        int epoch = (int) (first / stepsPerEpoch);
        double batches = training.count();
        int from = (int) (first % stepsPerEpoch) * accum;
        int[] seen = {from};
        long[] step = {first};
        training.forEach(epoch, from, batch -> {
            probes.forEach(probe -> probe.accumulate(batch));
            seen[0]++;
            if (seen[0] % accum != 0) {
                return true;
            }
            // As MAE: the rate of a step is that of its first micro-batch.
            double at = epoch + (seen[0] - accum) / batches;
            probes.forEach(probe -> probe.step(at));
            step[0]++;
            return step[0] % stepsPerEpoch != 0 && listener.stepDone(step[0]);
        });
        return step[0];
    }

    private List<HeadProgress> measure(int epoch, FeatureBatches selection) throws IOException {
        List<List<ClassificationScores>> scores =
                probes.stream().map(PoolProbe::emptyScores).toList();
        selection.forEach(0, 0, batch -> {
            for (int i = 0; i < probes.size(); i++) {
                probes.get(i).score(batch, scores.get(i));
            }
            return true;
        });
        List<HeadProgress> progress = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            progress.addAll(probes.get(i).endEpoch(epoch, scores.get(i)));
        }
        return progress;
    }

    /** Mean training loss of the epoch so far by head; the device is waited for. */
    public Map<String, Double> losses() {
        Map<String, Double> losses = new LinkedHashMap<>();
        probes.forEach(probe -> losses.putAll(probe.losses()));
        return losses;
    }

    /** One result for each kind of feature and rate, in the order of the plan; empty before the first epoch ends. */
    public List<ProbeResult> results() {
        return probes.stream().flatMap(probe -> probe.results().stream()).toList();
    }

    /** What a checkpoint holds of the heads themselves: the arrays, by name. */
    Map<String, NDArray> weights() {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        probes.forEach(probe -> weights.putAll(probe.heads().weights(probe.name())));
        return weights;
    }

    /** The rest of it, the best heads so far included: the arrays, by name, some of them made for this call. */
    Map<String, NDArray> state(NDManager scratch) {
        Map<String, NDArray> state = new LinkedHashMap<>();
        probes.forEach(probe -> state.putAll(probe.state(scratch)));
        return state;
    }

    /** After {@link #weights} and {@link #state} were filled from a checkpoint: takes in what is not an array of ours. */
    void restored(long step, int stepsPerEpoch, Map<String, NDArray> state) {
        int microBatches = (int) (step % stepsPerEpoch) * plan.accumIter();
        probes.forEach(probe -> probe.restored(microBatches, state));
    }

    @Override
    public void close() {
        probes.forEach(PoolProbe::close);
        kernels.close();
        manager.close();
    }
}
