package asl.log;

import java.io.IOException;
import java.util.List;

/** Passes everything on to several logs, in their order. */
final class FanOutLog implements MetricLog {
    private final List<MetricLog> logs;

    FanOutLog(List<MetricLog> logs) {
        this.logs = List.copyOf(logs);
    }

    @Override
    public void metrics(StepMetrics metrics) throws IOException {
        for (MetricLog log : logs) {
            log.metrics(metrics);
        }
    }

    @Override
    public void image(String name, long step, byte[] png) throws IOException {
        for (MetricLog log : logs) {
            log.image(name, step, png);
        }
    }

    @Override
    public void note(String line) throws IOException {
        for (MetricLog log : logs) {
            log.note(line);
        }
    }

    /** Closes all, whichever fail; the first failure is thrown and carries the others. */
    @Override
    public void close() throws IOException {
        IOException first = null;
        for (MetricLog log : logs) {
            try {
                log.close();
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
