package asl.train;

import ai.djl.ndarray.NDArray;
import asl.config.Pool;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** The features of a set of images in batches: kept ones, or ones computed anew from augmented images. */
public interface FeatureBatches {
    /** Batches in an epoch of this rank. */
    int count();

    /** Hands on the batches of an epoch in its order; the arrays of a batch live until the action returns. */
    void forEach(int epoch, Action action) throws IOException;

    /** What is done with each batch. */
    interface Action {
        void accept(FeatureBatch batch) throws IOException;
    }

    /**
     * Features of some images and their labels.
     *
     * @param features [B, D] for each kind that is asked for, in a manager that takes intermediate results
     * @param labels [B]
     */
    @SuppressWarnings("ArrayRecordComponent") // one batch, never compared
    record FeatureBatch(Map<Pool, NDArray> features, int[] labels) {
        /** The features of one kind [B, D]. */
        NDArray of(Pool pool) {
            return Objects.requireNonNull(features.get(pool), () -> "no features of kind " + pool);
        }
    }
}
