package asl.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunSummaryTest {
    @Test
    void saysHowItWentWhereThingsLieAndWhatIsNext() {
        Map<String, RunSummary.Change> losses = new LinkedHashMap<>();
        losses.put("loss", new RunSummary.Change(1.25, 0.5));
        losses.put("loss_sem", new RunSummary.Change(0.25, 0.125));
        RunSummary summary = new RunSummary(
                "Pre-trained 400 steps",
                Duration.ofMillis(103_400),
                310.04,
                losses,
                Map.of("checkpoint", "runs/a/latest"),
                Map.of("export", "asl export runs/a"));
        assertThat(summary.text().lines())
                .containsExactly(
                        "Pre-trained 400 steps in 1m43s, 310.0 images/s",
                        "  loss      1.2500 -> 0.5000",
                        "  loss_sem  0.2500 -> 0.1250",
                        "Files",
                        "  checkpoint  runs/a/latest",
                        "Next",
                        "  export  asl export runs/a");
    }

    @Test
    void timesShowTheirTwoLargestUnits() {
        assertThat(Elapsed.format(Duration.ofMillis(59_400))).isEqualTo("59s");
        assertThat(Elapsed.format(Duration.ofMillis(59_600))).isEqualTo("1m00s");
        assertThat(Elapsed.format(Duration.ofMinutes(192))).isEqualTo("3h12m");
        assertThat(Elapsed.format(Duration.ofHours(53))).isEqualTo("2d05h");
    }
}
