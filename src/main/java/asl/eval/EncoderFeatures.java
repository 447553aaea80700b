package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.Pool;
import asl.model.FrozenEncoder;
import java.util.List;

/**
 * The features of a frozen encoder: its [CLS] token, and the mean of its patch tokens.
 *
 * @param identity weights, model and precision as text
 */
public record EncoderFeatures(FrozenEncoder encoder, String identity) implements ImageFeatures {
    @Override
    public List<Pool> pools() {
        return List.of(Pool.CLS, Pool.AVG);
    }

    @Override
    public int width() {
        return encoder.model().embedDim();
    }

    @Override
    public NDArray of(NDManager results, NDArray images) {
        return encoder.features(results, images);
    }
}
