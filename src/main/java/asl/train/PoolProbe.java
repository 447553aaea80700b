package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.Pool;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.train.FeatureBatches.FeatureBatch;
import asl.train.LinearProbe.HeadProgress;
import asl.train.LinearProbe.Plan;
import asl.train.ProbeResult.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The heads of one kind of feature in a probe: their training, their scores so far and the best of them. */
final class PoolProbe implements AutoCloseable {
    private final Pool pool;
    private final Plan plan;
    private final World world;
    private final int classes;
    private final ProbeHeads heads;
    private final BestHeads best;
    private final NDArray lossSum; // [K], over the micro-batches of the epoch
    private int microBatches;
    private List<ProbeResult> results = List.of();

    PoolProbe(Pool pool, ProbeHeads heads, ProbeHeads.Size size, Plan plan, LinearProbe.Place place) {
        this.pool = pool;
        this.plan = plan;
        this.world = place.world();
        this.classes = size.classes();
        this.heads = heads;
        this.best = new BestHeads(name(), plan.optim().blrs().size(), size);
        this.lossSum = place.manager().zeros(new Shape(plan.optim().blrs().size()));
    }

    /** The kind of feature, for names. */
    String name() {
        return pool.name().toLowerCase(Locale.ROOT);
    }

    void beginEpoch() {
        lossSum.muli(0);
        microBatches = 0;
    }

    void accumulate(FeatureBatch batch) {
        heads.accumulate(batch.of(pool), batch.labels(), batch.whole(), world);
        microBatches++;
    }

    void step(double epoch) {
        try (NDArray losses = heads.step(rates(epoch), world)) {
            lossSum.addi(losses.muli(plan.accumIter()));
        }
    }

    /** Learning rate of every head at a fractional epoch. */
    private List<Double> rates(double epoch) {
        double scale = (double) plan.batchSize() * plan.accumIter() / 256;
        return plan.optim().blrs().stream()
                .map(blr -> new CosineSchedule(
                                blr * scale, plan.optim().minLr(), plan.optim().warmupEpochs(), plan.epochs())
                        .at(epoch))
                .toList();
    }

    /** Mean training loss of the epoch so far, by head. */
    Map<String, Double> losses() {
        Map<String, Double> losses = new LinkedHashMap<>();
        float[] sums = lossSum.toFloatArray();
        for (int i = 0; i < sums.length; i++) {
            losses.put(name() + "_" + plan.optim().blrs().get(i), (double) sums[i] / microBatches);
        }
        return losses;
    }

    /** Scores of this rank's images, to be filled by {@link #score}. */
    List<ClassificationScores> emptyScores() {
        return plan.optim().blrs().stream()
                .map(blr -> new ClassificationScores(classes))
                .toList();
    }

    void score(FeatureBatch batch, List<ClassificationScores> scores) {
        float[] logits = heads.logits(batch.of(pool)).toFloatArray(); // [K, B, C]
        int length = batch.labels().length * classes;
        for (int head = 0; head < scores.size(); head++) {
            scores.get(head).add(Arrays.copyOfRange(logits, head * length, (head + 1) * length), batch.labels());
        }
    }

    /** Adds up the scores of all ranks and keeps what is best; epochs count from 1. */
    List<HeadProgress> endEpoch(int epoch, List<ClassificationScores> own) {
        float[] losses = lossSum.toFloatArray();
        List<Double> rates = rates(epoch - 1);
        List<ProbeResult> updated = new ArrayList<>();
        List<HeadProgress> progress = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            double[] sums = world.allReduceSum(own.get(i).sums());
            ClassificationScores scores = ClassificationScores.ofSums(classes, sums);
            Snapshot last = new Snapshot(epoch, scores, heads.head(i));
            double blr = plan.optim().blrs().get(i);
            updated.add(new ProbeResult(pool, blr, last, best.update(i, last)));
            progress.add(new HeadProgress(pool, blr, rates.get(i), losses[i] / microBatches, scores));
        }
        results = updated;
        return progress;
    }

    List<ProbeResult> results() {
        return results;
    }

    ProbeHeads heads() {
        return heads;
    }

    Map<String, NDArray> state(NDManager scratch) {
        Map<String, NDArray> state = new LinkedHashMap<>(heads.state(name()));
        state.put(name() + ".loss_sum", lossSum);
        state.putAll(best.arrays(scratch));
        return state;
    }

    void restored(int microBatchesDone, Map<String, NDArray> state) {
        microBatches = microBatchesDone;
        best.restore(state);
    }

    /** Whether some head's loss is still a number. */
    static boolean anyAlive(List<HeadProgress> progress) {
        return progress.stream().anyMatch(head -> Double.isFinite(head.trainLoss()));
    }

    @Override
    public void close() {
        lossSum.close();
        heads.close();
    }
}
