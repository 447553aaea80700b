package asl.train;

import ai.djl.ndarray.NDArray;
import asl.config.Pool;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** The features of a set of images in batches: kept ones, or ones computed anew from augmented images. */
public interface FeatureBatches extends AutoCloseable {
    /** Batches in an epoch; of training, as many on every rank. */
    int count();

    /**
     * Hands on the batches of an epoch in its order, until the action has enough; the arrays of a batch live until the
     * action returns.
     *
     * @param from batches of the epoch to pass over
     */
    void forEach(int epoch, int from, Action action) throws IOException;

    /** Time spent waiting for images, in all. */
    default long waitedNanos() {
        return 0;
    }

    @Override
    default void close() {}

    /** What is done with each batch. */
    interface Action {
        /** Returns whether to go on. */
        boolean accept(FeatureBatch batch) throws IOException;
    }

    /**
     * Features of some images and their labels.
     *
     * @param features [B, D] for each kind that is asked for, in a manager that takes intermediate results
     * @param labels [B]
     * @param whole images of the batch over all ranks, of which these are this one's part
     */
    @SuppressWarnings("ArrayRecordComponent") // one batch, never compared
    record FeatureBatch(Map<Pool, NDArray> features, int[] labels, int whole) {
        /** The features of one kind [B, D]. */
        NDArray of(Pool pool) {
            return Objects.requireNonNull(features.get(pool), () -> "no features of kind " + pool);
        }
    }
}
