package asl.train;

import asl.distributed.World;
import asl.log.MetricLog;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Lines for people that come from other threads than the loop's. */
final class Notes {
    private final MetricLog log;

    Notes(MetricLog log) {
        this.log = log;
    }

    /** Of rank 0 to the run's log; other ranks tell people themselves, since each knows of its own images alone. */
    static Notes ofRank(World world, MetricLog log) {
        return new Notes(world.rank() == 0 ? log : MetricLog.ofRank(world.rank()));
    }

    synchronized void add(String line) {
        try {
            log.note(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
