package asl.cli;

import asl.distributed.CommonFailure;
import asl.distributed.PeerFailure;
import asl.distributed.World;

/** A command that failed on one of several ranks, which must not leave the others waiting. */
final class RankFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient World world;

    RankFailure(World world, Throwable cause) {
        super(cause);
        this.world = world;
    }

    World world() {
        return world;
    }

    /** Whether another rank tells people of this. */
    boolean toldElsewhere() {
        return getCause() instanceof PeerFailure || (getCause() instanceof CommonFailure && world.rank() != 0);
    }
}
