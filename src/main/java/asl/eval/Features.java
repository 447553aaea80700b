package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.Pool;
import java.util.Map;
import java.util.Objects;

/**
 * Features of the images of a data set on the device, with their labels; images that could not be read are missing.
 *
 * @param manager holds the arrays; closing the features closes it
 * @param byPool [N, D] for each kind
 * @param labels [N]
 */
@SuppressWarnings("ArrayRecordComponent") // one set, never compared
public record Features(NDManager manager, Map<Pool, NDArray> byPool, int[] labels) implements AutoCloseable {
    /** The features of one kind [N, D]. */
    public NDArray of(Pool pool) {
        return Objects.requireNonNull(byPool.get(pool), () -> "no features of kind " + pool);
    }

    @Override
    public void close() {
        manager.close();
    }
}
