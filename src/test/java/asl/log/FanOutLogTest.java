package asl.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FanOutLogTest {
    private final List<String> events = new ArrayList<>();

    private MetricLog recording(String name, boolean failsToClose) {
        return new MetricLog() {
            @Override
            public void metrics(StepMetrics metrics) {
                events.add(name + " step " + metrics.step());
            }

            @Override
            public void close() throws IOException {
                events.add(name + " closed");
                if (failsToClose) {
                    throw new IOException(name);
                }
            }
        };
    }

    @Test
    void everyLogHearsAndIsClosedEvenAfterAFailure() throws IOException {
        MetricLog all = MetricLog.fanOut(List.of(recording("a", true), recording("b", true), recording("c", false)));
        all.metrics(new StepMetrics(3, 1, Map.of()));
        assertThatThrownBy(all::close)
                .hasMessage("a")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo("b"));
        assertThat(events).containsExactly("a step 3", "b step 3", "c step 3", "a closed", "b closed", "c closed");
    }
}
