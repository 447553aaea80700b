package asl.log;

import java.io.PrintStream;

/** Where ranks other than 0 tell people something: the error stream, with the rank's name. They record no figures. */
final class RankLog implements MetricLog {
    private final int rank;
    private final PrintStream out;

    RankLog(int rank, PrintStream out) {
        this.rank = rank;
        this.out = out;
    }

    @Override
    public void metrics(StepMetrics metrics) {}

    @Override
    public void note(String line) {
        out.println("rank " + rank + ": " + line);
    }

    @Override
    public void close() {
        out.flush();
    }
}
