package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.eval.ClassificationScores;
import asl.train.ProbeResult.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Every head as it was after its best epoch so far, and its way into checkpoints and out of them. */
final class BestHeads {
    /** A double is kept as the sum of so many floats, without loss: checkpoints hold floats only. */
    private static final int PARTS = 3;

    private final String name;
    private final ProbeHeads.Size size;
    private final List<Optional<Snapshot>> best = new ArrayList<>();

    /** @param name of the kind of feature */
    BestHeads(String name, int heads, ProbeHeads.Size size) {
        this.name = name;
        this.size = size;
        for (int i = 0; i < heads; i++) {
            best.add(Optional.empty());
        }
    }

    /** Takes in a head after an epoch; returns the best of that head so far. */
    Snapshot update(int head, Snapshot latest) {
        Snapshot former = best.get(head).orElse(latest);
        Snapshot better = latest.scores().top1() > former.scores().top1() ? latest : former;
        best.set(head, Optional.of(better));
        return better;
    }

    /** As arrays in the given manager; epoch 0 where there is none yet. */
    Map<String, NDArray> arrays(NDManager scratch) {
        int heads = best.size();
        int sums = sumsLength();
        float[] epochs = new float[heads];
        float[] weights = new float[heads * size.classes() * size.width()];
        float[] biases = new float[heads * size.classes()];
        float[] scores = new float[heads * PARTS * sums];
        for (int i = 0; i < heads; i++) {
            if (best.get(i).isEmpty()) {
                continue;
            }
            Snapshot snapshot = best.get(i).get();
            epochs[i] = snapshot.epoch();
            put(snapshot.head().weight(), weights, i);
            put(snapshot.head().bias(), biases, i);
            double[] values = snapshot.scores().sums();
            for (int j = 0; j < PARTS * sums; j++) {
                float part = (float) values[j % sums];
                scores[PARTS * i * sums + j] = part;
                values[j % sums] -= part;
            }
        }
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put(key("epoch"), scratch.create(epochs));
        arrays.put(key("weight"), scratch.create(weights, new Shape(heads, size.classes(), size.width())));
        arrays.put(key("bias"), scratch.create(biases, new Shape(heads, size.classes())));
        arrays.put(key("scores"), scratch.create(scores, new Shape(heads, PARTS, sums)));
        return arrays;
    }

    private static void put(float[] part, float[] whole, int index) {
        System.arraycopy(part, 0, whole, index * part.length, part.length);
    }

    /** From arrays of the same names that a checkpoint has filled. */
    void restore(Map<String, NDArray> arrays) {
        float[] epochs = values(arrays, "epoch");
        float[] weights = values(arrays, "weight");
        float[] biases = values(arrays, "bias");
        float[] scores = values(arrays, "scores");
        int sums = sumsLength();
        for (int i = 0; i < epochs.length; i++) {
            if (epochs[i] == 0) {
                best.set(i, Optional.empty());
                continue;
            }
            double[] values = new double[sums];
            for (int j = PARTS * sums - 1; j >= 0; j--) { // the smallest first: so the sum is exact
                values[j % sums] += scores[PARTS * i * sums + j];
            }
            LinearHead head = new LinearHead(part(weights, i), part(biases, i));
            best.set(
                    i,
                    Optional.of(
                            new Snapshot((int) epochs[i], ClassificationScores.ofSums(size.classes(), values), head)));
        }
    }

    private float[] part(float[] whole, int index) {
        int length = whole.length / best.size();
        return Arrays.copyOfRange(whole, index * length, (index + 1) * length);
    }

    private float[] values(Map<String, NDArray> arrays, String what) {
        return Objects.requireNonNull(arrays.get(key(what)), () -> key(what)).toFloatArray();
    }

    private String key(String what) {
        return name + ".best." + what;
    }

    private int sumsLength() {
        return size.classes() * size.classes() + 2;
    }
}
