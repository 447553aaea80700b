package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.TrainPlan;
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

    private final CheckpointFolder checkpoints;
    private final int keepLast;
    private final Map<String, String> identity;
    private final Map<String, String> metadata;

    /**
     * State of a run.
     *
     * @param identity what must be the same for a resume to go on as if nothing had happened, by a name for people
     * @param metadata what else is written beside the weights
     */
    RunState(CheckpointFolder checkpoints, int keepLast, Map<String, String> identity, Map<String, String> metadata) {
        this.checkpoints = checkpoints;
        this.keepLast = keepLast;
        this.identity = new LinkedHashMap<>(identity);
        this.metadata = new LinkedHashMap<>(metadata);
    }

    /** What every run must keep: seed, number of images, batch and length of an epoch. */
    static Map<String, String> identity(long seed, TrainPlan plan, int images) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("seed", Long.toString(seed));
        identity.put("images", Integer.toString(images));
        identity.put("effective batch", Long.toString(plan.effectiveBatch()));
        identity.put("steps per epoch", Long.toString(plan.stepsPerEpoch()));
        return identity;
    }

    /** @param state of the optimizer, and whatever else a resume needs */
    void save(long step, Map<String, NDArray> weights, Map<String, NDArray> state) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>(identity);
        texts.putAll(metadata);
        texts.put(STEP, Long.toString(step));
        checkpoints.save(step, folder -> Checkpoint.write(folder, weights, state, texts));
        checkpoints.keepLast(keepLast);
    }

    /**
     * Loads the newest whole checkpoint.
     *
     * @param notes told where the run goes on, and which checkpoints were not whole
     * @return steps done; 0 if there is no checkpoint
     * @throws IOException if the newest whole checkpoint is of another model, data set or batch; it names the difference
     */
    long restore(NDManager manager, Map<String, NDArray> weights, Map<String, NDArray> state, List<String> notes)
            throws IOException {
        Optional<Path> newest = checkpoints.newestWhole(Checkpoint::metadata, notes);
        if (newest.isEmpty()) {
            notes.add("no checkpoint to go on from; starting");
            return 0;
        }
        Map<String, String> written = Checkpoint.metadata(newest.get());
        List<String> differences = new ArrayList<>();
        identity.forEach((name, value) -> {
            String there = written.getOrDefault(name, "unknown");
            if (!there.equals(value)) {
                differences.add(name + " was " + there + ", is " + value);
            }
        });
        if (!differences.isEmpty()) {
            throw new IOException(newest.get() + ": cannot be gone on from: " + String.join("; ", differences));
        }
        Checkpoint.read(manager, newest.get(), weights, state);
        notes.add("going on from " + newest.get());
        return CheckpointFolder.step(newest.get());
    }
}
