package asl.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of some engine calls went, operator by operator, by a trace of {@link asl.ops.OperatorTrace}.
 *
 * @param operators the most expensive ones first
 */
record OperatorProfile(List<Operator> operators) {
    /**
     * One kind of operator.
     *
     * @param calls how often it ran
     * @param milliseconds without the operators that it called
     */
    record Operator(String name, int calls, double milliseconds) {}

    /** A stretch of time in which an operator ran, in microseconds. */
    private record Span(String name, long thread, double start, double end) {
        static Span of(JsonNode event) {
            double start = event.path("ts").asDouble();
            return new Span(
                    event.path("name").asText(),
                    event.path("tid").asLong(),
                    start,
                    start + event.path("dur").asDouble());
        }

        double length() {
            return end - start;
        }
    }

    /** Adds up a trace: the time of each operator less that of those inside it. */
    static OperatorProfile read(Path trace) throws IOException {
        List<Span> spans = new ArrayList<>();
        for (JsonNode event : new ObjectMapper().readTree(trace.toFile())) {
            if (event.path("ph").asText().equals("X")) {
                spans.add(Span.of(event));
            }
        }
        spans.sort(Comparator.comparingLong(Span::thread)
                .thenComparingDouble(Span::start)
                .thenComparing(Comparator.comparingDouble(Span::end).reversed()));
        Map<String, Double> own = new HashMap<>();
        Map<String, Integer> calls = new HashMap<>();
        Deque<Span> open = new ArrayDeque<>();
        for (Span span : spans) {
            while (!open.isEmpty()
                    && (open.peek().thread() != span.thread() || open.peek().end() <= span.start())) {
                open.pop();
            }
            own.merge(span.name(), span.length(), Double::sum);
            calls.merge(span.name(), 1, Integer::sum);
            if (!open.isEmpty()) {
                own.merge(open.peek().name(), -span.length(), Double::sum);
            }
            open.push(span);
        }
        return new OperatorProfile(own.entrySet().stream()
                .map(entry ->
                        new Operator(entry.getKey(), calls.getOrDefault(entry.getKey(), 0), entry.getValue() / 1e3))
                .sorted(Comparator.comparingDouble(Operator::milliseconds).reversed())
                .toList());
    }

    /** Milliseconds of all. */
    double total() {
        return operators.stream().mapToDouble(Operator::milliseconds).sum();
    }
}
