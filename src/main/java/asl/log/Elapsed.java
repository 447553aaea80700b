package asl.log;

import java.time.Duration;

/** Times as people read them: the two largest units. */
final class Elapsed {
    private Elapsed() {}

    static String format(Duration time) {
        Duration rounded = time.plusMillis(500);
        if (rounded.toDays() > 0) {
            return "%dd%02dh".formatted(rounded.toDays(), rounded.toHoursPart());
        }
        if (rounded.toHours() > 0) {
            return "%dh%02dm".formatted(rounded.toHours(), rounded.toMinutesPart());
        }
        if (rounded.toMinutes() > 0) {
            return "%dm%02ds".formatted(rounded.toMinutes(), rounded.toSecondsPart());
        }
        return rounded.toSeconds() + "s";
    }
}
