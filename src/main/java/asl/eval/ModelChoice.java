package asl.eval;

import asl.config.ConfigException;
import asl.config.LabelledDataConfig;
import asl.config.RunConfig.ModelConfig;
import asl.ops.ClassifierKernels.Normalization;
import java.util.Optional;

/**
 * The model of an evaluation and the normalisation of its images: as the configuration says, and where that leaves it
 * open, as the weights were trained.
 */
public record ModelChoice(ModelConfig model, Normalization pixels) {
    private static final int RGB = 3;

    /**
     * Completes a configuration.
     *
     * @param weights empty where they are random
     * @throws ConfigException if it asks for another model than the weights are of, or nothing tells the normalisation
     */
    public static ModelChoice of(ModelConfig asked, LabelledDataConfig data, Optional<PretrainedWeights> weights) {
        ModelConfig model = weights.map(found -> found.complete(asked)).orElse(asked);
        if (!data.mean().isEmpty()) {
            return checked(model, new Normalization(data.mean(), data.std()));
        }
        Optional<Normalization> trained =
                weights.flatMap(found -> found.trainedWith().pixels());
        if (trained.isEmpty() && model.channels() != RGB) {
            throw new ConfigException("data.mean: needed for images of " + model.channels()
                    + " channels, since the weights do not tell; asl data stats computes it and data.std");
        }
        return checked(model, trained.orElse(TrainedWith.IMAGENET));
    }

    private static ModelChoice checked(ModelConfig model, Normalization pixels) {
        if (pixels.mean().size() != model.channels()) {
            throw new ConfigException(
                    "data.mean: " + pixels.mean().size() + " values for images of " + model.channels() + " channels");
        }
        return new ModelChoice(model, pixels);
    }
}
