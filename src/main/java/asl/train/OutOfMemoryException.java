package asl.train;

import ai.djl.engine.EngineException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The device had no memory left for a step; the message says what takes less. */
public final class OutOfMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What libtorch says on a GPU and on the CPU, and how much it wanted. */
    private static final Pattern ALLOCATION = Pattern.compile(
            "(?:CUDA out of memory|(?:can't|not enough|cannot) ?(?:allocate)? ?memory).*?"
                    + "[Tt]ried to allocate ([0-9.]+ ?[A-Za-z]+)",
            Pattern.DOTALL);

    private OutOfMemoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The failure with the way out, if it is one of memory; else the failure itself. */
    static RuntimeException explained(EngineException failure) {
        Matcher wanted = ALLOCATION.matcher(String.valueOf(failure.getMessage()));
        if (!wanted.find()) {
            return failure;
        }
        return new OutOfMemoryException(
                "out of memory: a step asked for another " + wanted.group(1) + ". Lower train.batch_size and raise "
                        + "train.accum_iter by as much, set train.checkpoint_activations: true, or use "
                        + "engine.precision: bf16",
                failure);
    }
}
