package asl.config;

import java.nio.file.Path;
import java.util.Optional;

/** What the key {@code weights} of a probe or a fine-tuning may say. */
public final class Weights {
    /** An encoder that was never trained. */
    public static final String RANDOM = "random";

    /** No encoder at all: the pixels of the image are its features. Probes only. */
    public static final String PIXELS = "pixels";

    private Weights() {}

    /** The checkpoint or run folder to read; empty for {@link #RANDOM} and {@link #PIXELS}, an error if nothing. */
    public static Optional<Path> path(String weights) {
        if (weights.isEmpty()) {
            throw new ConfigException("weights: required: a checkpoint or a run folder, such as --set "
                    + "weights=runs/pretrain; or random, for an encoder that was never trained");
        }
        boolean untrained = weights.equals(RANDOM) || weights.equals(PIXELS);
        return untrained ? Optional.empty() : Optional.of(Path.of(weights));
    }
}
