package asl.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The line that a person watches: on a terminal one line that is written over, in a log file a full line at most every
 * {@link #LOG_INTERVAL}. It never wraps: narrow terminals get a shorter form, and the rest is cut.
 */
public final class ProgressLine implements MetricLog {
    static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private static final String RETURN_AND_CLEAR = "\r\u001b[K";
    /** DEC private mode 7, for terminals made narrower since: text past the margin is dropped and starts no new line. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";
    /** Weight of the newest interval in the time per step. */
    private static final double SMOOTHING = 0.2;

    /**
     * What the run sets out to do.
     *
     * @param firstStep steps done before this start: 0, or where a resumed run goes on
     * @param steps steps when the run is done
     * @param epochs passes over the data when the run is done
     */
    public record Plan(long firstStep, long steps, double epochs) {}

    private final Screen screen;
    private final Plan plan;
    private final InstantSource clock;

    private Instant measuredAt;
    private long measuredStep;
    private double secondsPerStep;
    private Instant printedAt = Instant.MIN;
    private String line = "";

    /** Shows progress on the error stream. */
    public ProgressLine(Plan plan) {
        this(plan, Screen.stderr(), InstantSource.system());
    }

    ProgressLine(Plan plan, Screen screen, InstantSource clock) {
        this.plan = plan;
        this.screen = screen;
        this.clock = clock;
        this.measuredAt = clock.instant();
        this.measuredStep = plan.firstStep();
    }

    @Override
    public void metrics(StepMetrics metrics) {
        Instant now = clock.instant();
        measure(metrics.step(), now);
        line = full(metrics);
        if (screen.terminal()) {
            // The last column stays empty: some terminals wrap as soon as it is filled.
            int room = screen.columns() - 1;
            line = line.length() <= room ? line : compact(metrics);
            line = line.substring(0, Math.min(room, line.length()));
            rewrite();
        } else if (metrics.step() >= plan.steps() || !now.isBefore(printedAt.plus(LOG_INTERVAL))) {
            screen.out().println(line);
            screen.out().flush();
            printedAt = now;
        }
    }

    @Override
    public void note(String text) {
        if (screen.terminal()) {
            screen.out().print(RETURN_AND_CLEAR);
        }
        screen.out().println(text);
        if (screen.terminal()) {
            rewrite();
        }
        screen.out().flush();
    }

    /** Leaves the last line standing. */
    @Override
    public void close() {
        if (screen.terminal() && !line.isEmpty()) {
            screen.out().println();
        }
        screen.out().flush();
    }

    private void rewrite() {
        screen.out().print(RETURN_AND_CLEAR + NO_WRAP + line + WRAP);
        screen.out().flush();
    }

    /** Folds the time since the last call into the running mean per step. */
    private void measure(long step, Instant now) {
        long steps = step - measuredStep;
        if (steps <= 0) {
            return;
        }
        double latest = Duration.between(measuredAt, now).toNanos() / 1e9 / steps;
        secondsPerStep = secondsPerStep == 0 ? latest : secondsPerStep + SMOOTHING * (latest - secondsPerStep);
        measuredAt = now;
        measuredStep = step;
    }

    private String full(StepMetrics metrics) {
        StringJoiner fields = new StringJoiner("  ");
        fields.add(format("epoch %.2f/%s", metrics.epoch(), plain(plan.epochs())));
        fields.add(format("step %d/%d", metrics.step(), plan.steps()));
        for (Map.Entry<String, Double> figure : metrics.values().entrySet()) {
            fields.add(FigureFormat.full(figure.getKey(), figure.getValue()));
        }
        return fields.add("ETA " + remaining(metrics.step())).toString();
    }

    private String compact(StepMetrics metrics) {
        StringJoiner fields = new StringJoiner(" ");
        fields.add(format("%.1f/%s", metrics.epoch(), plain(plan.epochs())));
        fields.add(format("%d/%d", metrics.step(), plan.steps()));
        fields.add(remaining(metrics.step()));
        for (Map.Entry<String, Double> figure : metrics.values().entrySet()) {
            fields.add(FigureFormat.compact(figure.getKey(), figure.getValue()));
        }
        return fields.toString();
    }

    private String remaining(long step) {
        return Elapsed.format(Duration.ofMillis(Math.round(1e3 * secondsPerStep * Math.max(0, plan.steps() - step))));
    }

    /** Without a fraction where there is none. */
    private static String plain(double value) {
        return value == Math.rint(value) ? format("%.0f", value) : format("%.2f", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
