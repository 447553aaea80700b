package asl.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * One JSON object a line: {@code step}, {@code epoch}, {@code wall_time} (seconds since 1970), then every figure. Numbers
 * keep their full precision; one that is not finite is written as {@code null}, since JSON has no other word for it.
 */
public final class JsonlLog implements MetricLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Writer out;
    private final InstantSource clock;

    /**
     * Opens {@code file} to append to it.
     *
     * @param resumedStep the step that the run goes on from: lines past it, and one that a kill cut short, are dropped,
     *     for those steps are run again; 0 for a new run, which drops all
     */
    public JsonlLog(Path file, long resumedStep) throws IOException {
        this(file, resumedStep, InstantSource.system());
    }

    JsonlLog(Path file, long resumedStep, InstantSource clock) throws IOException {
        this.clock = clock;
        if (Files.exists(file)) {
            truncate(file, resumedStep);
        }
        this.out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void metrics(StepMetrics metrics) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("step", metrics.step());
        line.put("epoch", metrics.epoch());
        line.put("wall_time", clock.millis() / 1e3);
        for (Map.Entry<String, Double> figure : metrics.values().entrySet()) {
            double value = figure.getValue();
            if (Double.isFinite(value)) {
                line.put(figure.getKey(), value);
            } else {
                line.putNull(figure.getKey());
            }
        }
        out.write(JSON.writeValueAsString(line) + "\n");
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Replaces the file as a whole, so that a kill meanwhile leaves the old one or the new. */
    private static void truncate(Path file, long lastStep) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> kept =
                lines.stream().filter(line -> stepOf(line) <= lastStep).toList();
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(fresh, kept);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The step of a line; past every step where the line is not whole. */
    private static long stepOf(String line) {
        try {
            JsonNode step = JSON.readTree(line).path("step");
            return step.isIntegralNumber() ? step.longValue() : Long.MAX_VALUE;
        } catch (JsonProcessingException e) {
            return Long.MAX_VALUE;
        }
    }
}
