package asl.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a checkpoint fits a model: weight by weight, before any is read. Positions of another grid are interpolated, the
 * patch embedding is fitted to other channels, parts that the model does not have are dropped; whatever else does not
 * match is an error.
 */
public final class ImportPlan {
    /** Parts that may stand in a checkpoint and not in the model: what comes before or after the encoder's use here. */
    private static final Pattern DROPPED =
            Pattern.compile("(decoder_.+|mask_token|aee_block\\..+|head\\..+|head_dist\\..+"
                    + "|norm\\..+|fc_norm\\..+|pre_logits\\..+|.*pooler\\..+|embeddings\\.mask_token|MAPHead_0/.+)");

    private static final String PATCHES = "patch_embed.proj.weight";
    private static final int NAMED = 5;

    private final CanonicalWeights checkpoint;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private final Map<Fate, List<String>> report = new LinkedHashMap<>();

    /** What becomes of a weight. */
    public enum Fate {
        MATCHED,
        INTERPOLATED,
        INFLATED,
        AVERAGED,
        DROPPED,
        NEW,
        MISSING,
        UNEXPECTED
    }

    /** Rows and columns of patches. */
    public record Grid(int height, int width) {}

    /**
     * The model that weights are for.
     *
     * @param tensors its weights, float32
     * @param grid of its patches
     * @param trained the grid that the checkpoint is of, where something tells it; else a square is taken for granted
     * @param fresh names that begin anew where the checkpoint has none that fit
     * @param positions how positions of another grid are fitted
     */
    public record Target(
            List<TensorInfo> tensors, Grid grid, Optional<Grid> trained, Set<String> fresh, PositionFit positions) {
        public Target {
            tensors = List.copyOf(tensors);
            fresh = Set.copyOf(fresh);
        }
    }

    /** Fits positions [extra + N, D] of one grid to another. */
    public interface PositionFit {
        float[] fit(float[] table, int width, Grid from, Grid to);
    }

    /** Takes weights that fit. */
    public interface Sink {
        void accept(String name, float[] values) throws IOException;
    }

    private interface Step {
        float[] read() throws IOException;
    }

    private ImportPlan(CanonicalWeights checkpoint, Target target) {
        this.checkpoint = checkpoint;
        Map<String, TensorInfo> theirs = new LinkedHashMap<>();
        checkpoint.tensors().forEach(tensor -> theirs.put(tensor.name(), tensor));
        for (TensorInfo wanted : target.tensors()) {
            TensorInfo found = theirs.remove(wanted.name());
            if (found == null) {
                absent(wanted.name(), wanted.name(), target);
            } else {
                plan(wanted, found, target);
            }
        }
        theirs.values().forEach(left -> {
            if (DROPPED.matcher(left.name()).matches()) {
                note(Fate.DROPPED, left.name());
            } else {
                unexpected.add(left.name());
                note(Fate.UNEXPECTED, left.name());
            }
        });
    }

    /** Compares all names and shapes; nothing is refused yet. */
    public static ImportPlan of(CanonicalWeights checkpoint, Target target) {
        return new ImportPlan(checkpoint, target);
    }

    private void plan(TensorInfo wanted, TensorInfo found, Target target) {
        String name = wanted.name();
        if (name.endsWith("pos_embed") && interpolates(wanted, found, target)) {
            note(Fate.INTERPOLATED, change(wanted, found));
        } else if (wanted.shape().equals(found.shape())) {
            steps.put(name, () -> checkpoint.floats(name));
            note(Fate.MATCHED, name);
        } else if (name.equals(PATCHES) && refits(wanted, found)) {
            note(wanted.shape().get(1) < found.shape().get(1) ? Fate.AVERAGED : Fate.INFLATED, change(wanted, found));
        } else {
            absent(name, change(wanted, found), target);
        }
    }

    private void absent(String name, String shown, Target target) {
        if (target.fresh().contains(name)) {
            note(Fate.NEW, shown);
        } else {
            missing.add(shown);
            note(Fate.MISSING, shown);
        }
    }

    private boolean interpolates(TensorInfo wanted, TensorInfo found, Target target) {
        List<Long> to = wanted.shape();
        List<Long> from = found.shape();
        if (from.size() != 3 || to.size() != 3 || !from.get(2).equals(to.get(2)) || found.size() == 0) {
            return false;
        }
        Grid toGrid = target.grid();
        long extra = to.get(1) - (long) toGrid.height() * toGrid.width();
        int side = (int) Math.round(Math.sqrt((double) (from.get(1) - extra)));
        Grid fromGrid = target.trained()
                .orElse(from.get(1).equals(to.get(1)) ? toGrid : new Grid(side, side)); // equal numbers: as they are
        if (extra < 0
                || toGrid.equals(fromGrid)
                || (long) fromGrid.height() * fromGrid.width() != from.get(1) - extra) {
            return false;
        }
        steps.put(
                wanted.name(),
                () -> target.positions()
                        .fit(checkpoint.floats(wanted.name()), to.get(2).intValue(), fromGrid, toGrid));
        return true;
    }

    private boolean refits(TensorInfo wanted, TensorInfo found) {
        List<Long> to = wanted.shape();
        List<Long> from = found.shape();
        if (from.size() != 4
                || to.size() != 4
                || found.size() == 0
                || !from.get(0).equals(to.get(0))
                || !from.subList(2, 4).equals(to.subList(2, 4))) {
            return false;
        }
        steps.put(
                PATCHES,
                () -> channels(
                        checkpoint.floats(PATCHES),
                        from.get(1).intValue(),
                        to.get(1).intValue(),
                        (int) (from.get(2) * from.get(3))));
        return true;
    }

    /**
     * Kernels [D, from, p, p] for images of {@code to} channels: more channels repeat the old in turn, fewer each take
     * their mean; both times from / to, so that a grey image, the same in all channels, gives about what it gave before.
     */
    private static float[] channels(float[] kernels, int from, int to, int pixels) {
        float[] out = new float[kernels.length / from * to];
        for (int d = 0; d < kernels.length / (from * pixels); d++) {
            for (int i = 0; i < to * pixels; i++) {
                int pixel = i % pixels;
                double sum = 0;
                if (to > from) {
                    sum = (double) from * kernels[(d * from + i / pixels % from) * pixels + pixel];
                } else {
                    for (int c = 0; c < from; c++) {
                        sum += kernels[(d * from + c) * pixels + pixel];
                    }
                }
                out[d * to * pixels + i] = (float) (sum / to);
            }
        }
        return out;
    }

    private void note(Fate fate, String what) {
        report.computeIfAbsent(fate, key -> new ArrayList<>()).add(what);
    }

    private static String change(TensorInfo wanted, TensorInfo found) {
        return wanted.name() + " " + found.shape() + " -> " + wanted.shape();
    }

    /** What becomes of every weight; shapes with it where they change. */
    public Map<Fate, List<String>> report() {
        return Map.copyOf(report);
    }

    /** One line per fate: how many, and which, unless they all match. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Fate fate : Fate.values()) {
            List<String> names = report.getOrDefault(fate, List.of());
            if (!names.isEmpty()) {
                String label = fate.name().toLowerCase(Locale.ROOT) + " " + names.size();
                lines.add(fate == Fate.MATCHED ? label : label + ": " + some(names));
            }
        }
        return lines;
    }

    /**
     * Fails unless every weight of the model has its values, and nothing is left over that would be needed for them.
     *
     * @param allowMissing go on all the same: what is missing keeps its initial values, what is unexpected is left out
     */
    public ImportPlan require(boolean allowMissing) throws IOException {
        if (allowMissing || (missing.isEmpty() && unexpected.isEmpty())) {
            return this;
        }
        List<String> complaints = new ArrayList<>();
        if (!missing.isEmpty()) {
            complaints.add("lacks " + missing.size() + " weights of the model (" + some(missing) + ")");
        }
        if (!unexpected.isEmpty()) {
            complaints.add(
                    "holds " + unexpected.size() + " that the model has no place for (" + some(unexpected) + ")");
        }
        throw new IOException("the checkpoint " + String.join(" and ", complaints)
                + "; choose the model that it is of, or take what there is by asl import --allow-missing");
    }

    private static String some(List<String> names) {
        String shown = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() <= NAMED ? shown : shown + ", and " + (names.size() - NAMED) + " more";
    }

    /** Whether a weight of the model has values. */
    public boolean has(String name) {
        return steps.containsKey(name);
    }

    /** Values of one weight, fitted; throws IllegalArgumentException where there are none. */
    public float[] values(String name) throws IOException {
        Step step = steps.get(name);
        if (step == null) {
            throw new IllegalArgumentException(name + " has no values in the checkpoint");
        }
        return step.read();
    }

    /** Reads every weight that fits, one at a time. */
    public void load(Sink sink) throws IOException {
        for (Map.Entry<String, Step> step : steps.entrySet()) {
            sink.accept(step.getKey(), step.getValue().read());
        }
    }
}
