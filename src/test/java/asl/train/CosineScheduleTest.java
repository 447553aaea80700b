package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class CosineScheduleTest {
    @Test
    void agreesWithTheReferencePoints() throws IOException {
        JsonNode golden = golden();
        CosineSchedule schedule = new CosineSchedule(
                golden.get("lr").doubleValue(),
                golden.get("min_lr").doubleValue(),
                golden.get("warmup_epochs").doubleValue(),
                golden.get("epochs").doubleValue());
        assertThat(golden.get("points")).isNotEmpty();
        for (JsonNode point : golden.get("points")) {
            assertThat(schedule.at(point.get(0).doubleValue()))
                    .isCloseTo(point.get(1).doubleValue(), within(1e-12));
        }
    }

    @Test
    void startsAtThePeakWithoutWarmUp() {
        assertThat(new CosineSchedule(0.5, 0, 0, 10).at(0)).isEqualTo(0.5);
    }

    @Test
    void isHalfWayBetweenPeakAndFloorInTheMiddle() {
        assertThat(new CosineSchedule(1, 0.2, 10, 30).at(20)).isCloseTo(0.6, within(1e-15));
    }

    @Test
    void staysAtTheFloorPastTheEnd() {
        CosineSchedule schedule = new CosineSchedule(1, 0.1, 5, 5);
        assertThat(schedule.at(5)).isEqualTo(0.1);
        assertThat(schedule.at(100)).isEqualTo(0.1);
        assertThat(schedule.at(2.5)).isEqualTo(0.5);
    }

    @Test
    void refusesNumbersThatMakeNoSchedule() {
        assertThatThrownBy(() -> new CosineSchedule(1, 0, -1, 10)).hasMessageContaining("warmup_epochs -1.0");
        assertThatThrownBy(() -> new CosineSchedule(Double.NaN, 0, 1, 10)).hasMessageContaining("lr NaN");
        assertThatThrownBy(() -> new CosineSchedule(1, 0, 0, 0)).hasMessageContaining("epochs 0.0");
    }

    private static JsonNode golden() throws IOException {
        try (InputStream stream = CosineScheduleTest.class.getResourceAsStream("/golden/eval_tiny.json")) {
            return new ObjectMapper().readTree(stream).get("schedule");
        }
    }
}
