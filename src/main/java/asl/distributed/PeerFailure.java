package asl.distributed;

/** Another rank failed, and tells of it. */
public final class PeerFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PeerFailure(int rank) {
        super("rank " + rank + " failed");
    }
}
