package asl.train;

import asl.log.MetricLog;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Lines for people that come from other threads than the loop's. */
final class Notes {
    private final MetricLog log;

    Notes(MetricLog log) {
        this.log = log;
    }

    synchronized void add(String line) {
        try {
            log.note(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
