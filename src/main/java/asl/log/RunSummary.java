package asl.log;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What is said at the end of a run: how it went, where things lie, what to run next.
 *
 * @param headline what was done, for example {@code "Pre-trained AEE, vit_tiny, 400 steps"}
 * @param time wall-clock time of this start of the run
 * @param imagesPerSecond mean over that time
 * @param losses figures by name, each where it began and where it ended
 * @param files what was written: a word for it, then its path
 * @param next commands that go on from here, each with a word on what it does
 */
public record RunSummary(
        String headline,
        Duration time,
        double imagesPerSecond,
        Map<String, Change> losses,
        Map<String, String> files,
        Map<String, String> next) {

    /** A figure at the first and at the last step that was logged. */
    public record Change(double first, double last) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.4f -> %.4f", first, last);
        }
    }

    /** The summary as text for people, its last line ended. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "%s in %s, %.1f images/s%n", headline, Elapsed.format(time), imagesPerSecond));
        section(text, "", losses);
        section(text, "Files", files);
        section(text, "Next", next);
        return text.toString();
    }

    /** Two columns, the second aligned; nothing at all where there are no rows. */
    private static void section(StringBuilder text, String title, Map<String, ?> rows) {
        if (rows.isEmpty()) {
            return;
        }
        if (!title.isEmpty()) {
            text.append(title).append(System.lineSeparator());
        }
        int width = rows.keySet().stream().mapToInt(String::length).max().orElseThrow();
        rows.forEach((name, value) -> text.append("  ")
                .append(name)
                .append(" ".repeat(width - name.length() + 2))
                .append(value)
                .append(System.lineSeparator()));
    }
}
