package asl.eval;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.ImageSize;
import asl.config.LinprobeConfig;
import asl.config.Pool;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.config.Weights;
import asl.model.FrozenEncoder;
import asl.ops.ClassifierKernels;
import asl.ops.ClassifierKernels.Normalization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The frozen features that the key {@code weights} names: those of a trained encoder, of one that was never trained, or the
 * pixels themselves.
 *
 * @param size and channels of the images that they are of
 * @param encoder empty for pixels
 * @param notes what became of the weights, in lines for people
 */
public record FrozenFeatures(
        ImageFeatures features,
        ImageSize size,
        int channels,
        Optional<FrozenEncoder> encoder,
        Optional<ClassifierKernels> kernels,
        List<String> notes)
        implements AutoCloseable {
    private static final int RGB = 3;

    /**
     * What is asked for.
     *
     * @param weights a checkpoint, a run folder, or a word of {@link Weights}
     * @param model 0 and auto where the weights tell
     * @param mean of the pixels by channel, in 0..1; empty = what the weights were trained with
     * @param seed of the weights where they are random
     */
    public record Asked(String weights, ModelConfig model, List<Double> mean, List<Double> std, long seed) {
        /** What a configuration asks for. */
        public static Asked of(LinprobeConfig config) {
            return new Asked(
                    config.weights(),
                    config.model(),
                    config.data().mean(),
                    config.data().std(),
                    config.seed());
        }
    }

    /** Opens them on the manager's device; the arrays are the manager's. */
    public static FrozenFeatures open(NDManager manager, Asked asked, Precision precision) throws IOException {
        if (asked.weights().equals(Weights.PIXELS)) {
            PixelFeatures pixels =
                    new PixelFeatures(asked.model().imageSize(), asked.model().channels());
            return new FrozenFeatures(
                    pixels, pixels.size(), pixels.channels(), Optional.empty(), Optional.empty(), List.of());
        }
        Optional<Path> path = Weights.path(asked.weights());
        if (path.isEmpty()) {
            Normalization pixels = pixels(asked, Optional.empty());
            String identity = "random weights of seed " + asked.seed();
            return encoder(manager, asked, new Opened(asked.model(), pixels, identity), precision);
        }
        try (PretrainedWeights weights = PretrainedWeights.open(path.get())) {
            ModelConfig model = weights.complete(asked.model());
            Normalization pixels = pixels(asked, weights.trainedWith().pixels());
            FrozenFeatures opened =
                    encoder(manager, asked, new Opened(model, pixels, "weights " + weights.digest()), precision);
            // A classifier on the mean patch token has no norm of the encoder: the untrained one stands in.
            boolean noNorm = weights.trainedWith().pool().equals(Optional.of(Pool.AVG));
            List<String> notes = new ArrayList<>();
            notes.add("weights      " + weights.path());
            notes.addAll(weights.fill(
                    manager,
                    opened.encoder().orElseThrow().weights(),
                    model,
                    noNorm ? Set.of("norm.weight", "norm.bias") : Set.of()));
            return new FrozenFeatures(
                    opened.features(), opened.size(), opened.channels(), opened.encoder(), opened.kernels(), notes);
        }
    }

    private record Opened(ModelConfig model, Normalization pixels, String identity) {}

    private static FrozenFeatures encoder(NDManager manager, Asked asked, Opened opened, Precision precision) {
        ModelConfig model = opened.model();
        ClassifierKernels kernels = new ClassifierKernels(manager, model, opened.pixels(), precision);
        FrozenEncoder encoder = new FrozenEncoder(manager, model, kernels, asked.seed());
        String identity = String.format(
                Locale.ROOT,
                "%s; width %d, %d blocks, %d heads, patch %d; mean %s, std %s; %s",
                opened.identity(),
                model.embedDim(),
                model.blocks(),
                model.attentionHeads(),
                model.patchSize(),
                opened.pixels().mean(),
                opened.pixels().std(),
                precision.name().toLowerCase(Locale.ROOT));
        return new FrozenFeatures(
                new EncoderFeatures(encoder, identity),
                model.imageSize(),
                model.channels(),
                Optional.of(encoder),
                Optional.of(kernels),
                List.of("weights      random, of seed " + asked.seed()));
    }

    private static Normalization pixels(Asked asked, Optional<Normalization> trained) {
        if (!asked.mean().isEmpty()) {
            return new Normalization(asked.mean(), asked.std());
        }
        int channels = asked.model().channels();
        if (trained.isEmpty() && channels != 0 && channels != RGB) {
            throw new ConfigException("data.mean: needed for images of " + channels
                    + " channels, since the weights do not tell; asl data stats computes it and data.std");
        }
        return trained.orElse(TrainedWith.IMAGENET);
    }

    @Override
    public void close() {
        kernels.ifPresent(ClassifierKernels::close);
    }
}
