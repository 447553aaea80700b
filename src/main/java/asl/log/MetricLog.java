package asl.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Somewhere that the figures of a run go to. Not thread-safe: one thread, the loop's, writes. */
public interface MetricLog extends Closeable {
    /** Records the figures of one step; steps only grow. */
    void metrics(StepMetrics metrics) throws IOException;

    /** Records a picture, an encoded PNG; logs that hold no pictures pass it over. */
    default void image(String name, long step, byte[] png) throws IOException {}

    /** Tells the person who watches something, in one line; logs that no one watches pass it over. */
    default void note(String line) throws IOException {}

    /** Writes what is pending and releases the file. */
    @Override
    void close() throws IOException;

    /** One log that passes everything on to all of these; closing it closes them. */
    static MetricLog fanOut(List<MetricLog> logs) {
        return new FanOutLog(logs);
    }

    /** A log that only tells notes, with the name of the rank; for what ranks other than 0 alone know. */
    static MetricLog ofRank(int rank) {
        return new RankLog(rank, System.err);
    }

    /** A log that forgets: for ranks other than 0. */
    static MetricLog none() {
        return new FanOutLog(List.of());
    }
}
