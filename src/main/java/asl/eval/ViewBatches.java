package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.data.Batch;
import asl.data.ImageSource;
import asl.data.SequentialLoader;
import asl.data.Views;
import java.io.IOException;
import java.util.Optional;

/** The fixed view of every image of a source on the device, batch by batch in the source's order. */
public record ViewBatches(NDManager manager, Views views, FeatureExtractor.Reading reading) {
    /** Takes a batch: uint8 [B, H, W, C]; arrays of {@code results} live until the action returns. */
    public interface Action {
        void accept(NDManager results, Batch batch, NDArray images) throws IOException;
    }

    /** Hands on all images of this rank's share that can be read. */
    public void forEach(ImageSource source, Action action) throws IOException {
        try (SequentialLoader loader = open(source)) {
            for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
                try (Batch batch = next.get();
                        NDManager results = manager.newSubManager()) {
                    if (!batch.samples().isEmpty()) {
                        action.accept(results, batch, images(results, batch));
                    }
                }
            }
        }
    }

    /** The batches of this rank's share. */
    SequentialLoader open(ImageSource source) {
        return new SequentialLoader(source, views.centre(), reading.options(), reading.place(), reading.notes());
    }

    /** A batch on the device: uint8 [B, H, W, C]. */
    NDArray images(NDManager results, Batch batch) {
        ImageSize size = views.size();
        Shape shape = new Shape(batch.samples().size(), size.height(), size.width(), views.channels());
        return results.create(batch.images(), shape, DataType.UINT8);
    }
}
