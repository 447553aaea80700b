package asl.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonlLogTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_250L));

    @TempDir
    private Path folder;

    private void write(long resumedStep, long... steps) throws IOException {
        try (JsonlLog log = new JsonlLog(file(), resumedStep, CLOCK)) {
            for (long step : steps) {
                log.metrics(new StepMetrics(step, step / 4.0, Map.of("loss", 1.0 / step)));
            }
        }
    }

    private Path file() {
        return folder.resolve("metrics.jsonl");
    }

    @Test
    void writesOneObjectALineInTheOrderGiven() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", 0.1 + 0.2);
        values.put("lr", 1.5e-4);
        values.put("loss_sem", Double.NaN);
        try (JsonlLog log = new JsonlLog(file(), 0, CLOCK)) {
            log.metrics(new StepMetrics(20, 0.5, values));
        }
        assertThat(file())
                .hasContent("{\"step\":20,\"epoch\":0.5,\"wall_time\":1.70000000025E9,"
                        + "\"loss\":0.30000000000000004,\"lr\":1.5E-4,\"loss_sem\":null}\n");
    }

    @Test
    void resumedRunGoesOnAsIfNeverInterrupted() throws IOException {
        write(0, 1, 2, 3, 4, 5, 6);
        String uninterrupted = Files.readString(file());

        Files.delete(file());
        write(0, 1, 2, 3, 4);
        Files.writeString(file(), "{\"step\":5,\"epo", StandardOpenOption.APPEND);
        write(3, 4, 5, 6);
        assertThat(file()).hasContent(uninterrupted);
    }

    @Test
    void newRunStartsAFreshFile() throws IOException {
        write(0, 1, 2);
        write(0, 1);
        assertThat(Files.readAllLines(file())).hasSize(1);
    }
}
