package asl.eval;

import ai.djl.ndarray.NDManager;
import asl.config.FinetuneConfig;
import asl.data.ImageSource;
import asl.distributed.World;
import asl.ops.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a fine-tuned classifier takes images for. */
public final class ImagePredictions {
    private ImagePredictions() {}

    /** Takes the predictions of one image. */
    public interface Listener {
        void predicted(String image, TopPredictions predictions) throws IOException;
    }

    /**
     * Whom to ask, and how.
     *
     * @param checkpoint a fine-tuned classifier, or the folder of its run
     * @param top classes an image, the most likely first
     * @param settings the configuration under settings that go over all others
     */
    public record Asked(Path checkpoint, int top, Function<List<String>, FinetuneConfig> settings) {
        /** The configuration, as far as it is known without the weights. */
        public FinetuneConfig config() {
            return config(List.of());
        }

        private FinetuneConfig config(List<String> more) {
            List<String> sets = new ArrayList<>(List.of("weights=" + checkpoint, "data.max_bad_share=1"));
            sets.addAll(more);
            return settings.apply(sets);
        }
    }

    /**
     * Goes through the images in their order. Ranks share the images out; the listener is called on rank 0 alone.
     * Collective.
     *
     * @param notes told of images that cannot be read, in one line each
     * @throws IOException if not one could be read
     */
    public static void forEach(Asked asked, ImageSource images, World world, Listener listener, Consumer<String> notes)
            throws IOException {
        try (PretrainedWeights weights = world.together(() -> PretrainedWeights.open(asked.checkpoint()))) {
            FinetuneConfig config = asked.config(
                    List.of("data.crop_pct=" + weights.trainedWith().cropPct()));
            Engines.Setup engine =
                    world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
            try (NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                    OpenedClassifier opened = world.together(
                            () -> OpenedClassifier.finetuned(manager, weights, config.model(), engine.precision()))) {
                List<String> names = weights.trainedWith().classNames();
                FinetuneConfig whole = config.completed(opened.choice().model(), config.data(), names.size());
                ScoredPart.Place place = new ScoredPart.Place(manager, engine.threads(), world, notes);
                int[] read = {0};
                OrderedRows.Action tell = (rows, logits) -> {
                    for (int i = 0; i < rows.samples().length; i++) {
                        String name = images.name(rows.samples()[i]);
                        listener.predicted(name, TopPredictions.of(logits, i * names.size(), names, asked.top()));
                    }
                    read[0] += rows.samples().length;
                };
                new OrderedRows(ScoredPart.of(images, whole, place).batches(), world)
                        .forEach(images, opened.classifier()::logits, tell);
                if (world.rank() == 0 && read[0] == 0) {
                    throw new IOException("not one of " + images.size() + " images could be read");
                }
            }
        }
    }
}
