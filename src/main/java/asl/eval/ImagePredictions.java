package asl.eval;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigLoader;
import asl.config.FinetuneConfig;
import asl.data.ImageSource;
import asl.distributed.World;
import asl.ops.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a fine-tuned classifier takes images for. */
public final class ImagePredictions {
    private ImagePredictions() {}

    /** Takes the predictions of one image. */
    public interface Listener {
        void predicted(String image, TopPredictions predictions) throws IOException;
    }

    /**
     * Goes through the images in their order.
     *
     * @param checkpoint a fine-tuned classifier, or the folder of its run
     * @param top classes an image, the most likely first
     * @param notes told of images that cannot be read, in one line each
     * @throws IOException if not one could be read
     */
    public static void forEach(Path checkpoint, ImageSource images, int top, Listener listener, Consumer<String> notes)
            throws IOException {
        try (PretrainedWeights weights = PretrainedWeights.open(checkpoint)) {
            FinetuneConfig config = ConfigLoader.load(
                            FinetuneConfig.class,
                            FinetuneConfig.DEFAULTS,
                            Optional.empty(),
                            List.of(
                                    "weights=" + checkpoint,
                                    "data.crop_pct=" + weights.trainedWith().cropPct(),
                                    "data.max_bad_share=1"))
                    .config();
            Engines.Setup engine = Engines.open(config.engine());
            try (NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                    OpenedClassifier opened =
                            OpenedClassifier.finetuned(manager, weights, config.model(), engine.precision())) {
                List<String> names = weights.trainedWith().classNames();
                FinetuneConfig whole = config.completed(opened.choice().model(), config.data(), names.size());
                ScoredPart.Place place = new ScoredPart.Place(manager, engine.threads(), World.single(), notes);
                int[] read = {0};
                ScoredPart.of(images, whole, place).batches().forEach(images, (results, batch, pixels) -> {
                    float[] logits = opened.classifier().logits(results, pixels).toFloatArray();
                    for (int i = 0; i < batch.samples().size(); i++) {
                        String name =
                                images.name(Math.toIntExact(batch.samples().get(i)));
                        listener.predicted(name, TopPredictions.of(logits, i * names.size(), names, top));
                    }
                    read[0] += batch.samples().size();
                });
                if (read[0] == 0) {
                    throw new IOException("not one of " + images.size() + " images could be read");
                }
            }
        }
    }
}
