package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.Pool;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Features of the images of a data set on the device, with their labels; images that could not be read are missing.
 *
 * @param manager holds the arrays; closing the features closes it
 * @param byPool [N, D] for each kind
 * @param labels [N]
 * @param samples numbers of the images in their source [N]
 */
@SuppressWarnings("ArrayRecordComponent") // one set, never compared
public record Features(NDManager manager, Map<Pool, NDArray> byPool, int[] labels, int[] samples)
        implements AutoCloseable {
    /** The features of one kind [N, D]. */
    public NDArray of(Pool pool) {
        return Objects.requireNonNull(byPool.get(pool), () -> "no features of kind " + pool);
    }

    /** Copies of those whose image passes the test; they are closed apart from these. */
    public Features select(IntPredicate image) {
        int[] rows = IntStream.range(0, samples.length)
                .filter(row -> image.test(samples[row]))
                .toArray();
        NDManager own = manager.getParentManager().newSubManager();
        Map<Pool, NDArray> chosen = new EnumMap<>(Pool.class);
        try (NDArray index = own.create(rows)) {
            byPool.forEach((pool, all) -> {
                NDArray part = all.get(index);
                new NDList(part).attach(own);
                chosen.put(pool, part);
            });
        }
        return new Features(own, chosen, at(labels, rows), at(samples, rows));
    }

    private static int[] at(int[] values, int[] rows) {
        return IntStream.of(rows).map(row -> values[row]).toArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}
