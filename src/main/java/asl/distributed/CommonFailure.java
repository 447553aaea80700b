package asl.distributed;

/** A failure that every rank meets at the same place: rank 0 alone tells of it. */
public abstract class CommonFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected CommonFailure(String message) {
        super(message);
    }
}
