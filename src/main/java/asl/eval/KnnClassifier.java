package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;

/**
 * Weighted k-nearest-neighbour classification (Wu et al. 2018; DINO's protocol): the k training features of the largest
 * cosine vote for their label with weight {@code exp(cosine / temperature)}.
 */
public final class KnnClassifier implements AutoCloseable {
    /** Training rows compared at a time, which bounds the table of similarities. */
    private static final int CHUNK = 1 << 16;

    private final NDManager manager;
    private final List<NDArray> bank = new ArrayList<>();
    private final int[] labels;
    private final int classes;

    /**
     * @param parent its sub-manager holds a normalised copy of the features until {@link #close}
     * @param features [N, D] float32
     * @param labels [N]
     */
    public KnnClassifier(NDManager parent, NDArray features, int[] labels, int classes) {
        this.manager = parent.newSubManager();
        this.labels = labels.clone();
        this.classes = classes;
        long rows = features.getShape().get(0);
        for (long from = 0; from < rows; from += CHUNK) {
            try (NDManager scratch = manager.newSubManager()) {
                NDArray chunk = features.get(new NDIndex("{}:{}", from, Math.min(rows, from + CHUNK)));
                chunk.attach(scratch);
                NDArray transposed = unit(chunk).transpose(); // [D, n]
                transposed.attach(manager);
                bank.add(transposed);
            }
        }
    }

    /**
     * Votes of the neighbours, {@code [B, classes]} rows first.
     *
     * @param queries [B, D] float32
     * @param k neighbours; all of them where there are fewer
     */
    public float[] votes(NDArray queries, int k, double temperature) {
        int neighbours = Math.min(k, labels.length);
        try (NDManager scratch = manager.newSubManager()) {
            NDArray copy = queries.duplicate();
            copy.attach(scratch); // what is computed from it is closed with it
            NDList nearest = nearest(unit(copy), neighbours);
            float[] cosines = nearest.get(0).toFloatArray();
            long[] rows = nearest.get(1).toType(DataType.INT64, false).toLongArray();
            float[] votes = new float[cosines.length / neighbours * classes];
            for (int i = 0; i < cosines.length; i++) {
                int label = labels[(int) rows[i]];
                votes[i / neighbours * classes + label] += (float) Math.exp(cosines[i] / temperature);
            }
            return votes;
        }
    }

    /** Cosines and row numbers of the nearest, each [B, k]. */
    private NDList nearest(NDArray queries, int k) {
        NDList best = new NDList();
        long offset = 0;
        for (NDArray chunk : bank) {
            long size = chunk.getShape().get(1);
            NDList top = queries.matMul(chunk).topK((int) Math.min(k, size), 1, true, true); // [B, k]
            NDList found = new NDList(top.get(0), top.get(1).add(offset));
            best = best.isEmpty() ? found : merge(best, found, k);
            offset += size;
        }
        return best;
    }

    private static NDList merge(NDList first, NDList second, int k) {
        NDArray cosines = first.get(0).concat(second.get(0), 1);
        NDArray rows = first.get(1).concat(second.get(1), 1);
        NDList top = cosines.topK((int) Math.min(k, cosines.getShape().get(1)), 1, true, true);
        return new NDList(top.get(0), rows.gather(top.get(1), 1));
    }

    private static NDArray unit(NDArray rows) {
        return rows.div(rows.norm(new int[] {1}, true).maximum(1e-12f));
    }

    @Override
    public void close() {
        manager.close();
    }
}
