package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig;
import asl.config.RunConfig.CheckpointConfig;
import asl.distributed.World;
import asl.log.MetricLog;
import asl.log.StepMetrics;
import asl.train.LinearProbe.HeadProgress;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What happens between the steps of a probe: figures, checkpoints, and the end when a signal came. */
final class ProbeEvents implements LinearProbe.Listener {
    private final LinprobeConfig config;
    private final Parts parts;
    private final int stepsPerEpoch;
    private final long imagesPerStep;
    private long loggedStep;
    private long loggedNanos = System.nanoTime();
    private long loggedWait;

    /** What the events work with; whoever made it closes it. */
    record Parts(
            LinearProbe probe,
            FeatureBatches training,
            MetricLog log,
            RunState state,
            NDManager manager,
            World world,
            StopSignal stop) {}

    ProbeEvents(LinprobeConfig config, Parts parts, int batchSize, long firstStep) {
        this.config = config;
        this.parts = parts;
        this.stepsPerEpoch = parts.probe().stepsPerEpoch(parts.training());
        this.imagesPerStep = (long) batchSize * config.probe().accumIter();
        this.loggedStep = firstStep;
    }

    @Override
    public boolean stepDone(long step) throws IOException {
        if (step % config.log().everySteps() == 0) {
            log(step, losses());
        }
        boolean stop = StepEvents.stopRequested(parts.stop(), parts.world());
        if (stop || every(step, config.checkpoint().everySteps())) {
            save(step);
        }
        return !stop;
    }

    @Override
    public boolean epochDone(int epoch, List<HeadProgress> progress) throws IOException {
        long step = (long) epoch * stepsPerEpoch;
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(
                "top1",
                progress.stream()
                        .mapToDouble(head -> head.scores().top1())
                        .max()
                        .orElseThrow());
        for (HeadProgress head : progress) {
            String name = name(head);
            values.put("top1_" + name, head.scores().top1());
            values.put("top5_" + name, head.scores().top5());
            values.put("loss_" + name, head.trainLoss());
            values.put("lr_" + name, head.lr());
        }
        log(step, values);
        CheckpointConfig checkpoint = config.checkpoint();
        boolean stop = StepEvents.stopRequested(parts.stop(), parts.world());
        boolean last = epoch == config.probe().epochs();
        int everySteps = checkpoint.everySteps();
        boolean passed = everySteps > 0 && step / everySteps > (step - stepsPerEpoch) / everySteps;
        boolean due = passed || every(epoch, checkpoint.everyEpochs());
        if (stop || last || due) {
            save(step);
        }
        return !stop;
    }

    private static boolean every(long count, int period) {
        return period > 0 && count % period == 0;
    }

    private static String name(HeadProgress head) {
        return head.pool().name().toLowerCase(Locale.ROOT) + "_" + head.blr();
    }

    private Map<String, Double> losses() {
        Map<String, Double> values = new LinkedHashMap<>();
        Map<String, Double> losses = parts.probe().losses();
        values.put(
                "loss",
                losses.values().stream()
                        .filter(Double::isFinite)
                        .min(Double::compare)
                        .orElse(Double.NaN));
        losses.forEach((name, loss) -> values.put("loss_" + name, loss));
        return values;
    }

    private void log(long step, Map<String, Double> values) throws IOException {
        long now = System.nanoTime();
        long waited = parts.training().waitedNanos();
        double seconds = (now - loggedNanos) / 1e9;
        Map<String, Double> all = new LinkedHashMap<>(values);
        if (step > loggedStep) {
            all.put("images_per_second", (step - loggedStep) * imagesPerStep / seconds);
            all.put("data_wait", (waited - loggedWait) / 1e9 / seconds);
        }
        parts.log().metrics(new StepMetrics(step, step / (double) stepsPerEpoch, all));
        loggedStep = step;
        loggedNanos = now;
        loggedWait = waited;
    }

    private void save(long step) throws IOException {
        if (parts.world().rank() == 0) {
            try (NDManager scratch = parts.manager().newSubManager()) {
                parts.state().save(step, parts.probe().weights(), parts.probe().state(scratch));
            }
        }
        parts.world().barrier();
    }
}
