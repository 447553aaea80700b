package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig.LarsConfig;
import asl.config.Pool;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.ops.ProbeKernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains linear heads on frozen features by MAE's recipe: one head for each kind of feature and learning rate, all on the
 * same batches at once.
 */
public final class LinearProbe implements AutoCloseable {
    private final NDManager manager;
    private final ProbeKernels kernels;
    private final Plan plan;
    private final World world;
    private final List<PoolProbe> probes = new ArrayList<>();

    /**
     * What is trained for how long.
     *
     * @param batchSize images per micro-batch and rank; batch norm sees so many at a time
     * @param accumIter micro-batches per step
     */
    public record Plan(List<Pool> pools, LarsConfig optim, int epochs, int batchSize, int accumIter, long seed) {}

    /** The device, by its manager, and the other processes. */
    public record Place(NDManager manager, World world) {}

    /** One head after an epoch; the learning rate is that of the epoch's first step. */
    public record HeadProgress(Pool pool, double blr, double lr, double trainLoss, ClassificationScores scores) {}

    /** Takes the figures of all heads after each epoch, counted from 1. */
    public interface EpochListener {
        void epochDone(int epoch, List<HeadProgress> progress) throws IOException;
    }

    public LinearProbe(Place place, ProbeHeads.Size size, Plan plan) {
        this.manager = place.manager().newSubManager();
        this.kernels = new ProbeKernels(manager);
        this.plan = plan;
        this.world = place.world();
        Place inner = new Place(manager, place.world());
        for (Pool pool : plan.pools()) {
            ProbeHeads heads = new ProbeHeads(manager, kernels, size, plan.optim(), plan.seed());
            probes.add(new PoolProbe(pool, heads, size, plan, inner));
        }
    }

    /**
     * Trains all heads.
     *
     * @param firstEpoch epochs done before, by the run that this one goes on from
     * @param selection the images whose top-1 tells the best epoch and, to whoever reads the results, the best head
     * @return one result for each kind of feature and rate, in the order of the plan
     * @throws IllegalArgumentException if there are too few training images for one step
     * @throws IllegalStateException if every head diverged
     */
    public List<ProbeResult> train(
            int firstEpoch, FeatureBatches training, FeatureBatches selection, EpochListener listener)
            throws IOException {
        int batches = (int) -world.allReduceMax(-training.count())[0]; // of the rank that has the fewest
        if (batches < plan.accumIter()) {
            throw new IllegalArgumentException("one step takes " + plan.accumIter() + " batches of "
                    + plan.batchSize() + " training images, but there are only " + batches
                    + " such batches; lower probe.batch_size or probe.accum_iter");
        }
        for (int epoch = firstEpoch; epoch < plan.epochs(); epoch++) {
            trainEpoch(epoch, training, batches);
            List<HeadProgress> progress = measure(epoch + 1, selection);
            if (!PoolProbe.anyAlive(progress)) {
                throw new IllegalStateException(
                        "no head has a finite loss after epoch " + (epoch + 1) + "; lower optim.blrs");
            }
            listener.epochDone(epoch + 1, progress);
        }
        return probes.stream().flatMap(probe -> probe.results().stream()).toList();
    }

    private void trainEpoch(int epoch, FeatureBatches training, int batches) throws IOException {
        probes.forEach(PoolProbe::beginEpoch);
        int accum = plan.accumIter();
        int used = batches / accum * accum; // what does not fill a step is left out
        int[] seen = {0};
        training.forEach(epoch, batch -> {
            int index = seen[0]++;
            if (index >= used) {
                return;
            }
            probes.forEach(probe -> probe.accumulate(batch));
            if ((index + 1) % accum == 0) {
                // As MAE: the rate of a step is that of its first micro-batch.
                double at = epoch + (double) (index + 1 - accum) / batches;
                probes.forEach(probe -> probe.step(at));
            }
        });
        probes.forEach(PoolProbe::shareMoments);
    }

    private List<HeadProgress> measure(int epoch, FeatureBatches selection) throws IOException {
        List<List<ClassificationScores>> scores =
                probes.stream().map(PoolProbe::emptyScores).toList();
        selection.forEach(0, batch -> {
            for (int i = 0; i < probes.size(); i++) {
                probes.get(i).score(batch, scores.get(i));
            }
        });
        List<HeadProgress> progress = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            progress.addAll(probes.get(i).endEpoch(epoch, scores.get(i)));
        }
        return progress;
    }

    /** The heads of every kind of feature, in the order of the plan, for checkpoints. */
    List<ProbeHeads> heads() {
        return probes.stream().map(PoolProbe::heads).toList();
    }

    @Override
    public void close() {
        probes.forEach(PoolProbe::close);
        kernels.close();
        manager.close();
    }
}
