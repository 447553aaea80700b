package asl.config;

import java.nio.file.Path;
import java.util.Optional;

/** What the key {@code weights} of a probe or a fine-tuning may say. */
public final class Weights {
    /** An encoder that was never trained. */
    public static final String RANDOM = "random";

    private Weights() {}

    /** The checkpoint or run folder to read; empty for {@link #RANDOM}, an error where nothing was said. */
    public static Optional<Path> path(String weights) {
        if (weights.isEmpty()) {
            throw new ConfigException("weights: required: a checkpoint or a run folder, such as --set "
                    + "weights=runs/pretrain; or random, for an encoder that was never trained");
        }
        return weights.equals(RANDOM) ? Optional.empty() : Optional.of(Path.of(weights));
    }
}
