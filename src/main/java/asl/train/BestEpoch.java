package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The weights of a run's best epoch, kept apart from its checkpoints: a folder that {@code weights} may name. */
final class BestEpoch {
    private static final String STEP = "best_step";
    private static final String TOP1 = "best_top1";

    private final CheckpointFolder kept;
    private final Map<String, String> metadata;

    /** Which step, and its top-1, 0 to 1. */
    record Mark(long step, double top1) {}

    /** @param metadata what is written beside the weights */
    BestEpoch(Path folder, Map<String, String> metadata) {
        this.kept = new CheckpointFolder(folder);
        this.metadata = metadata;
    }

    /** Keeps these weights in the place of the best so far. */
    void save(Mark mark, Map<String, NDArray> weights) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>(metadata);
        texts.put(STEP, Long.toString(mark.step()));
        texts.put(TOP1, Double.toString(mark.top1()));
        kept.save(mark.step(), folder -> Checkpoint.write(folder, weights, Map.of(), texts));
        kept.keepLast(1);
    }

    /** Forgets what an earlier run in this folder kept. */
    void clear() throws IOException {
        kept.keepLast(0);
    }

    /**
     * The best of the first {@code step} steps; empty where there is none, or it was replaced by one of a later step, which
     * a run that goes on from here comes to again.
     */
    Optional<Mark> upTo(long step) throws IOException {
        Optional<Path> found = find();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> texts = Checkpoint.metadata(found.get());
        Mark mark = new Mark(
                Long.parseLong(texts.getOrDefault(STEP, "0")), Double.parseDouble(texts.getOrDefault(TOP1, "0")));
        return mark.step() <= step ? Optional.of(mark) : Optional.empty();
    }

    private Optional<Path> find() throws IOException {
        List<String> complaints = new ArrayList<>();
        return kept.newestWhole(Checkpoint::metadata, complaints);
    }

    /** Fills arrays with the weights that were kept. */
    void load(NDManager manager, Map<String, NDArray> weights) throws IOException {
        Path found = find().orElseThrow(() -> new IOException("the weights of the best epoch are gone"));
        Checkpoint.read(manager, found, weights, Map.of());
    }
}
