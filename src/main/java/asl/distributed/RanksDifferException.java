package asl.distributed;

/** The ranks hold what they should not: other weights, or other data. */
public final class RanksDifferException extends CommonFailure {
    private static final long serialVersionUID = 1L;

    public RanksDifferException(String message) {
        super(message);
    }
}
