package asl.distributed;

import ai.djl.ndarray.NDList;

/**
 * The processes that train together: one per device. The loop asks it for rank, size and reductions and knows nothing
 * else of how many machines there are.
 *
 * <p>Collective calls must be made by every rank in the same order; arrays are changed in place.
 */
public interface World extends AutoCloseable {
    /** This process among all, 0 to {@link #size()} - 1; rank 0 logs and writes checkpoints. */
    int rank();

    int size();

    /** This process among those of its machine: the device it takes. */
    int localRank();

    /** Replaces each array by its mean over all ranks. */
    void allReduceMean(NDList arrays);

    /** Replaces each array by that of {@code root}. */
    void broadcast(NDList arrays, int root);

    /** Element-wise sums over all ranks, of host values. */
    double[] allReduceSum(double... values);

    /** Element-wise maxima over all ranks, of host values. */
    double[] allReduceMax(double... values);

    void barrier();

    /** Ends every rank at once with the given exit code; does not return. */
    void abort(int exitCode);

    /** A description for logs: transport, library, size. */
    String describe();

    @Override
    void close();

    /** The world of one process; loads no native library. */
    static World single() {
        return new SingleWorld();
    }
}
