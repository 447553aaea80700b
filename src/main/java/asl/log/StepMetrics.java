package asl.log;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The figures of one step.
 *
 * @param step optimizer steps done since the start of the run, resumed ones included
 * @param epoch passes over the data done, with fraction
 * @param values figures by name, in the order in which they are shown
 */
public record StepMetrics(long step, double epoch, Map<String, Double> values) {
    public StepMetrics {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
}
