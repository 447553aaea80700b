package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.Pool;
import java.util.List;

/** What stands for an image in probes and nearest neighbours: one or more vectors of one width (D). */
public interface ImageFeatures {
    /** The kinds of features there are. */
    List<Pool> pools();

    int width();

    /** Everything that the features of an image depend on, as text. */
    String identity();

    /**
     * Features of every kind, in the order of {@link #pools}: [kinds, B, D].
     *
     * @param images uint8 [B, H, W, C]
     */
    NDArray of(NDManager results, NDArray images);
}
