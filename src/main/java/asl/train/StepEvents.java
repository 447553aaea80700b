package asl.train;

import ai.djl.ndarray.NDList;
import asl.config.RunConfig.CheckpointConfig;
import asl.config.TrainPlan;
import asl.distributed.World;
import asl.log.MetricLog;
import asl.log.RunSummary;
import asl.log.StepMetrics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What happens between the steps: figures, checkpoints, a look at what was learned, and the end when the loss is not finite or a signal came. */
final class StepEvents {
    /** As many steps in a row may be passed over; the next ends the run. */
    private static final int BAD_STEPS = 3;

    private final Settings settings;
    private final TrainPlan plan;
    private final MetricLog log;
    private final Actions actions;
    private final LongSupplier waitedNanos;
    private final Map<String, RunSummary.Change> changes = new LinkedHashMap<>();

    private long loggedStep;
    private long loggedNanos;
    private long loggedWait;
    private long savedStep = -1;
    private int badSteps;

    /**
     * What is shown, and when.
     *
     * @param names of the losses, as the loop hands them on; the first is the one that must stay finite
     * @param lookEveryEpochs how often {@link Actions#look} is called; 0 = never
     */
    record Settings(List<String> names, int logEverySteps, CheckpointConfig checkpoint, int lookEveryEpochs) {}

    /** What is done at certain steps. */
    interface Actions {
        void save(long step) throws IOException;

        /** Looks at what was learned so far: pictures, measurements. */
        void look(long step) throws IOException;
    }

    /** @param waitedNanos time that the loop has waited for images, in all */
    StepEvents(Settings settings, TrainPlan plan, MetricLog log, Actions actions, LongSupplier waitedNanos) {
        this.settings = settings;
        this.plan = plan;
        this.log = log;
        this.actions = actions;
        this.waitedNanos = waitedNanos;
    }

    /** Whether any process was asked to stop: all must agree, or some would wait for the others for ever. */
    static boolean stopRequested(StopSignal stop, World world) {
        return world.allReduceMax(stop.requested() ? 1 : 0)[0] > 0;
    }

    /** Before the first step of this start: a look that later ones are compared with. */
    void atStart(long step) throws IOException {
        if (step == 0 && settings.lookEveryEpochs() > 0) {
            actions.look(step);
        }
        loggedStep = step;
        loggedNanos = System.nanoTime();
    }

    /**
     * After an optimizer step.
     *
     * @param step steps done, this one included
     * @param figures the losses by name, the norm of the gradients, 1 if skipped: scalars on the device
     */
    void afterStep(long step, double lr, NDList figures) throws IOException {
        boolean last = step == plan.totalSteps();
        checkFinite(step, lr, figures);
        if (last || step % settings.logEverySteps() == 0) {
            logFigures(step, lr, figures);
        }
        if (badSteps > 0) {
            return; // the checkpoint before stays the last good one
        }
        if (last
                || due(step, settings.checkpoint().everyEpochs())
                || every(step, settings.checkpoint().everySteps())) {
            save(step);
        }
        if (settings.lookEveryEpochs() > 0 && (last || due(step, settings.lookEveryEpochs()))) {
            actions.look(step);
        }
    }

    /** When the loop ends, in whatever way but by an error. */
    void atEnd(long step) throws IOException {
        if (savedStep != step && badSteps == 0) {
            save(step);
        }
    }

    private void save(long step) throws IOException {
        actions.save(step);
        savedStep = step;
    }

    private boolean due(long step, int everyEpochs) {
        return everyEpochs > 0 && step % (plan.stepsPerEpoch() * everyEpochs) == 0;
    }

    private static boolean every(long step, int steps) {
        return steps > 0 && step % steps == 0;
    }

    // Device -> host sync, a few bytes a step: the weights were protected on the device already, this only tells.
    private void checkFinite(long step, double lr, NDList figures) throws IOException {
        int norm = settings.names().size();
        if (figures.get(norm + 1).getFloat() == 0) {
            badSteps = 0;
            return;
        }
        badSteps++;
        String what = "step %d: loss %s, gradient norm %s at lr %.3g"
                .formatted(step, figures.head().getFloat(), figures.get(norm).getFloat(), lr);
        log.note(what + ": not finite, step passed over (" + badSteps + " in a row)");
        if (badSteps == BAD_STEPS) {
            throw new NonFiniteLossException(what + ": not finite for the " + BAD_STEPS
                    + "rd time in a row. The last good checkpoint is kept; lower optim.blr, set optim.clip_grad, or use "
                    + "engine.precision: fp32, and go on with --resume");
        }
    }

    private void logFigures(long step, double lr, NDList figures) throws IOException {
        long now = System.nanoTime();
        long waited = waitedNanos.getAsLong();
        double seconds = (now - loggedNanos) / 1e9;
        Map<String, Double> values = new LinkedHashMap<>();
        for (int i = 0; i < settings.names().size(); i++) {
            double value = figures.get(i).getFloat();
            values.put(settings.names().get(i), value);
            changes.merge(
                    settings.names().get(i),
                    new RunSummary.Change(value, value),
                    (first, latest) -> new RunSummary.Change(first.first(), latest.last()));
        }
        values.put("grad_norm", (double) figures.get(settings.names().size()).getFloat());
        values.put("lr", lr);
        values.put("images_per_second", (step - loggedStep) * plan.effectiveBatch() / seconds);
        values.put("data_wait", (waited - loggedWait) / 1e9 / seconds);
        values.put("memory_mib", ProcessMemory.residentMib());
        log.metrics(new StepMetrics(step, step / (double) plan.stepsPerEpoch(), values));
        loggedStep = step;
        loggedNanos = now;
        loggedWait = waited;
    }

    /** Every loss at the first and at the last step that was logged. */
    Map<String, RunSummary.Change> changes() {
        return changes;
    }
}
