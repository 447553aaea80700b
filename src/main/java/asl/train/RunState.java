package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.ResolvedConfig;
import asl.config.RunConfig;
import asl.config.TrainPlan;
import asl.method.PretrainMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a run's checkpoints and goes on from them. */
final class RunState {
    private static final String STEP = "step";
    private static final String CONFIG = "config";

    private final CheckpointFolder checkpoints;
    private final ResolvedConfig<RunConfig> resolved;
    /** What must be the same for a resume to go on as if nothing had happened. */
    private final Map<String, String> identity = new LinkedHashMap<>();

    RunState(CheckpointFolder checkpoints, ResolvedConfig<RunConfig> resolved, TrainPlan plan, int images) {
        this.checkpoints = checkpoints;
        this.resolved = resolved;
        identity.put("seed", Long.toString(resolved.config().seed()));
        identity.put("images", Integer.toString(images));
        identity.put("effective batch", Long.toString(plan.effectiveBatch()));
        identity.put("steps per epoch", Long.toString(plan.stepsPerEpoch()));
    }

    void save(long step, PretrainMethod method, AdamW optimizer) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(identity);
        metadata.put(STEP, Long.toString(step));
        metadata.put(CONFIG, resolved.toYaml());
        checkpoints.save(step, folder -> Checkpoint.write(folder, method.weights(), optimizer.state(), metadata));
        checkpoints.keepLast(resolved.config().checkpoint().keepLast());
    }

    /**
     * Loads the newest whole checkpoint.
     *
     * @param notes told where the run goes on, and which checkpoints were not whole
     * @return steps done; 0 if there is no checkpoint
     * @throws IOException if the newest whole checkpoint is of another model, data set or batch; it names the difference
     */
    long restore(NDManager manager, PretrainMethod method, AdamW optimizer, List<String> notes) throws IOException {
        Optional<Path> newest = checkpoints.newestWhole(Checkpoint::metadata, notes);
        if (newest.isEmpty()) {
            notes.add("no checkpoint to go on from; starting");
            return 0;
        }
        Map<String, String> metadata = Checkpoint.metadata(newest.get());
        List<String> differences = new ArrayList<>();
        identity.forEach((name, value) -> {
            String there = metadata.getOrDefault(name, "unknown");
            if (!there.equals(value)) {
                differences.add(name + " was " + there + ", is " + value);
            }
        });
        if (!differences.isEmpty()) {
            throw new IOException(newest.get() + ": cannot be gone on from: " + String.join("; ", differences));
        }
        Checkpoint.read(manager, newest.get(), method.weights(), optimizer.state());
        notes.add("going on from " + newest.get());
        return CheckpointFolder.step(newest.get());
    }
}
