package asl.distributed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.io.IOException;
import java.util.Locale;

/**
 * The processes that train together: one per device. The loop asks it for rank, size and reductions and knows nothing
 * else of how many machines there are.
 *
 * <p>Collective calls must be made by every rank in the same order; arrays are float32 and changed in place.
 */
public interface World extends AutoCloseable {
    /** This process among all, 0 to {@link #size()} - 1; rank 0 logs and writes checkpoints. */
    int rank();

    int size();

    /** This process among those of its machine: the device it takes. */
    int localRank();

    /** Processor cores for this process: its part of the machine's, where the ranks of one machine share them. */
    int cores();

    /** Replaces each array by its mean over all ranks. */
    void allReduceMean(NDList arrays);

    /** A reduction that goes on by itself. */
    interface Reduction {
        /** Waits for its end, once; only then may its arrays be used again, and they must not be closed before. */
        void await();
    }

    /** {@link #allReduceMean} without waiting for it, where the transport can; other arrays' turn comes behind it. */
    default Reduction startAllReduceMean(NDList arrays) {
        allReduceMean(arrays);
        return () -> {};
    }

    /** Replaces each array by that of {@code root}. */
    void broadcast(NDList arrays, int root);

    /**
     * Row r of what rank s sends becomes row s of what rank r receives.
     *
     * @param sent bf16 [R, C], R the number of ranks
     * @param received the same, another array
     */
    void allToAll(NDArray sent, NDArray received);

    /**
     * Every rank's part becomes a row of the whole.
     *
     * @param part bf16 [C]
     * @param whole bf16 [R, C]
     */
    void allGather(NDArray part, NDArray whole);

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

    /** What one rank or all may fail to do. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    /**
     * Makes an attempt on every rank; where it fails on any, all fail together: the lowest of those by its own exception,
     * the others by a {@link PeerFailure}. Collective.
     */
    default <T> T together(Attempt<T> attempt) throws IOException {
        T result = null;
        IOException checked = null;
        RuntimeException unchecked = null;
        try {
            result = attempt.run();
        } catch (IOException e) {
            checked = e;
        } catch (RuntimeException e) {
            unchecked = e;
        }
        int lowest = size() - (int) allReduceMax(result == null ? size() - rank() : 0)[0];
        if (lowest == size() && result != null) {
            return result;
        }
        if (lowest == rank() && checked != null) {
            throw checked;
        }
        if (lowest == rank() && unchecked != null) {
            throw unchecked;
        }
        throw new PeerFailure(lowest);
    }

    /** Throws a {@link RanksDifferException} on all ranks where they find different numbers of images. Collective. */
    default void requireSameImages(int images) {
        double[] most = allReduceMax(images, -images);
        if (most[0] != -most[1]) {
            throw new RanksDifferException(String.format(
                    Locale.ROOT,
                    "data.root: the ranks find from %.0f to %.0f images; they must see the same, in the same order",
                    -most[1],
                    most[0]));
        }
    }

    /** The world of one process; loads no native library. */
    static World single() {
        return new SingleWorld();
    }
}
