package asl.train;

import asl.distributed.CommonFailure;

/** Several steps in a row whose loss or gradients were not finite. */
public final class NonFiniteLossException extends CommonFailure {
    private static final long serialVersionUID = 1L;

    NonFiniteLossException(String message) {
        super(message);
    }
}
