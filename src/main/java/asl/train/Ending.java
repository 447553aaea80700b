package asl.train;

import asl.config.TrainPlan;
import asl.log.RunSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How far a training came, and what is said of it.
 *
 * @param first steps that were done before this start
 * @param step steps done in all
 * @param time of this start
 */
record Ending(TrainPlan plan, long first, long step, Duration time) {
    /** False if the training was stopped by a signal; it can be resumed. */
    boolean finished() {
        return step >= plan.totalSteps();
    }

    /**
     * The words for people.
     *
     * @param files what was written besides the weights
     * @param next commands that go on from a finished training
     */
    RunSummary summary(RunFolder folder, StepEvents events, Map<String, Path> files, Map<String, String> next) {
        Map<String, String> written = new LinkedHashMap<>();
        Path weights = folder.checkpoints().path(step).resolve(Checkpoint.MODEL);
        written.put("weights", weights.toString());
        files.forEach((word, path) -> written.put(word, path.toString()));
        String headline = String.format(
                Locale.ROOT,
                "%s: %d of %d steps, peak memory %.0f MiB,",
                finished() ? "Done" : "Stopped",
                step,
                plan.totalSteps(),
                ProcessMemory.peakMib());
        double images = (step - first) * (double) plan.effectiveBatch();
        return new RunSummary(
                headline,
                time,
                images / Math.max(1e-9, time.toNanos() / 1e9),
                events.changes(),
                written,
                finished() ? next : Map.of("go on", "the same command with --resume"));
    }
}
