package asl.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Instant now = Instant.EPOCH;

    private ProgressLine progress(boolean terminal, int columns, long firstStep) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new ProgressLine(
                new ProgressLine.Plan(firstStep, 9200, 800), new Screen(out, terminal, columns), () -> now);
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static StepMetrics step(long step) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", 0.61234);
        values.put("loss_mae", 0.40123);
        values.put("loss_sem", 0.21111);
        values.put("lr", 1.2e-6);
        values.put("images_per_second", 234.4);
        values.put("data_wait", 0.031);
        return new StepMetrics(step, step / 11.5, values);
    }

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(Locale.ROOT);
    }

    @Test
    void logFileGetsWholeLinesWithEveryFigure() {
        Locale.setDefault(Locale.GERMANY);
        ProgressLine progress = progress(false, 80, 0);
        now = now.plusSeconds(10);
        progress.metrics(step(20));
        progress.close();
        // 20 steps in 10 s: 9180 more take 4590 s.
        assertThat(shown())
                .isEqualTo("epoch 1.74/800  step 20/9200  loss 0.6123  loss_mae 0.4012  loss_sem 0.2111  lr 1.20e-06"
                        + "  234 images/s  data wait 3%  ETA 1h16m" + System.lineSeparator());
    }

    @Test
    void logFileGetsALineAtIntervalsAndTheLastStep() {
        ProgressLine progress = progress(false, 80, 0);
        for (int step = 20; step <= 9200; step += 20) {
            now = now.plusSeconds(1);
            progress.metrics(step(step));
        }
        assertThat(shown().lines()).hasSize(1 + 459 / 10 + 1).allMatch(line -> line.startsWith("epoch "));
        assertThat(shown().lines().reduce((first, second) -> second))
                .get()
                .asString()
                .contains("step 9200/9200");
    }

    @Test
    void terminalLineIsWrittenOverAndNeverWraps() {
        for (int columns : new int[] {20, 40, 80, 100, 200}) {
            bytes.reset();
            ProgressLine progress = progress(true, columns, 0);
            progress.metrics(step(20));
            progress.metrics(step(40));
            assertThat(shown()).doesNotContain("\n");
            assertThat(shown().split("\r\u001b\\[K"))
                    .hasSize(3)
                    .allMatch(line -> visible(line).length() < columns, "shorter than " + columns);
        }
        assertThat(visible(shown())).contains("loss_sem 0.2111", "lr 1.20e-06", "ETA");
    }

    @Test
    void narrowTerminalKeepsTheRateScientific() {
        ProgressLine progress = progress(true, 90, 0);
        progress.metrics(step(20));
        assertThat(visible(shown())).contains("20/9200", "loss 0.612 mae 0.401 sem 0.211 lr 1.2e-06 234/s wait 3%");
    }

    @Test
    void noteStandsOnALineOfItsOwnAndTheProgressComesBack() {
        ProgressLine progress = progress(true, 200, 0);
        progress.metrics(step(20));
        bytes.reset();
        progress.note("skipped broken.jpg: not an image");
        assertThat(visible(shown()))
                .startsWith("skipped broken.jpg: not an image\n")
                .contains("step 20/9200");
        progress.close();
        assertThat(shown()).endsWith("\n");
    }

    @Test
    void resumedRunCountsOnlyItsOwnStepsForTheTimeLeft() {
        ProgressLine progress = progress(false, 80, 9000);
        now = now.plus(Duration.ofSeconds(20));
        progress.metrics(step(9100));
        assertThat(shown()).contains("ETA 20s");
    }

    private static String visible(String text) {
        return text.replaceAll("\u001b\\[[?0-9]*[A-Za-z]", "").replace("\r", "");
    }
}
