package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.Pool;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Scores trained heads on images that they were not chosen by. */
final class HeadScores {
    private HeadScores() {}

    /** A head and the kind of feature that it is of. */
    record Pooled(Pool pool, LinearHead head) {}

    /** Scores of every head over the images of all ranks, in one pass. */
    static List<ClassificationScores> of(
            NDManager parent, World world, List<Pooled> heads, int classes, FeatureBatches images) throws IOException {
        List<ClassificationScores> own = new ArrayList<>();
        heads.forEach(head -> own.add(new ClassificationScores(classes)));
        try (NDManager manager = parent.newSubManager()) {
            List<NDArray> weights = new ArrayList<>();
            List<NDArray> biases = new ArrayList<>();
            for (Pooled pooled : heads) {
                float[] weight = pooled.head().weight();
                NDArray rows = manager.create(weight, new Shape(classes, weight.length / classes));
                weights.add(rows.transpose()); // [D, C]
                biases.add(manager.create(pooled.head().bias()));
            }
            images.forEach(0, 0, batch -> {
                for (int i = 0; i < heads.size(); i++) {
                    NDArray logits = batch.of(heads.get(i).pool()).matMul(weights.get(i)); // [B, C]
                    own.get(i).add(logits.add(biases.get(i)).toFloatArray(), batch.labels());
                }
                return true;
            });
        }
        return own.stream()
                .map(scores -> ClassificationScores.ofSums(classes, world.allReduceSum(scores.sums())))
                .toList();
    }
}
