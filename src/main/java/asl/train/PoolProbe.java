package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import asl.config.Pool;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.train.FeatureBatches.FeatureBatch;
import asl.train.LinearProbe.HeadProgress;
import asl.train.LinearProbe.Plan;
import asl.train.ProbeResult.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The heads of one kind of feature in a probe: their training, their scores so far and the best of them. */
final class PoolProbe implements AutoCloseable {
    private final Pool pool;
    private final Plan plan;
    private final World world;
    private final int classes;
    private final NDManager manager;
    private final ProbeHeads heads;
    private @Nullable NDArray lossSum; // [K], over the micro-batches of the epoch
    private int microBatches;
    private List<ProbeResult> results = List.of();

    PoolProbe(Pool pool, ProbeHeads heads, ProbeHeads.Size size, Plan plan, LinearProbe.Place place) {
        this.pool = pool;
        this.plan = plan;
        this.world = place.world();
        this.classes = size.classes();
        this.manager = place.manager();
        this.heads = heads;
    }

    void beginEpoch() {
        if (lossSum != null) {
            lossSum.close();
        }
        lossSum = null;
        microBatches = 0;
    }

    void accumulate(FeatureBatch batch) {
        NDArray features = batch.of(pool);
        NDArray labels = features.getManager().create(batch.labels()).toType(DataType.INT64, false);
        NDArray losses = heads.accumulate(features, labels);
        microBatches++;
        NDArray sum = lossSum == null ? losses : lossSum.add(losses);
        sum.attach(manager);
        if (lossSum != null) {
            lossSum.close();
        }
        lossSum = sum;
    }

    void step(double epoch) {
        heads.step(rates(epoch), world);
    }

    /** Learning rate of every head at a fractional epoch. */
    private List<Double> rates(double epoch) {
        double scale = (double) plan.batchSize() * plan.accumIter() * world.size() / 256;
        return plan.optim().blrs().stream()
                .map(blr -> new CosineSchedule(
                                blr * scale, plan.optim().minLr(), plan.optim().warmupEpochs(), plan.epochs())
                        .at(epoch))
                .toList();
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
        float[] losses = lossSum == null ? new float[own.size()] : lossSum.toFloatArray();
        List<Double> rates = rates(epoch - 1);
        List<ProbeResult> updated = new ArrayList<>();
        List<HeadProgress> progress = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            double[] sums = world.allReduceSum(own.get(i).sums());
            ClassificationScores scores = ClassificationScores.ofSums(classes, sums);
            Snapshot last = new Snapshot(epoch, scores, heads.head(i));
            Snapshot best = results.isEmpty() ? last : results.get(i).best();
            double blr = plan.optim().blrs().get(i);
            updated.add(new ProbeResult(
                    pool, blr, last, scores.top1() > best.scores().top1() ? last : best));
            progress.add(new HeadProgress(pool, blr, rates.get(i), losses[i] / microBatches, scores));
        }
        results = updated;
        return progress;
    }

    void shareMoments() {
        heads.shareMoments(world);
    }

    List<ProbeResult> results() {
        return results;
    }

    ProbeHeads heads() {
        return heads;
    }

    /** Whether some head's loss is still a number. */
    static boolean anyAlive(List<HeadProgress> progress) {
        return progress.stream().anyMatch(head -> Double.isFinite(head.trainLoss()));
    }

    @Override
    public void close() {
        beginEpoch();
        heads.close();
    }
}
