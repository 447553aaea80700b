package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import asl.config.ImageSize;
import asl.config.Pool;
import java.util.List;

/**
 * No encoder: the pixels themselves, in 0..1, row by row. What any features must beat.
 *
 * @param channels per pixel
 */
public record PixelFeatures(ImageSize size, int channels) implements ImageFeatures {
    @Override
    public List<Pool> pools() {
        return List.of(Pool.AVG); // of one kind; the name tells nothing here
    }

    @Override
    public int width() {
        return size.height() * size.width() * channels;
    }

    @Override
    public String identity() {
        return "pixels " + size + "x" + channels;
    }

    @Override
    public NDArray of(NDManager results, NDArray images) {
        NDArray floats = images.toType(DataType.FLOAT32, true);
        floats.attach(results);
        return floats.divi(255).reshape(1, -1, width());
    }
}
