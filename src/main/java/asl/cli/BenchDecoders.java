package asl.cli;

import asl.data.image.BadImageException;
import asl.data.image.DecodeBench;
import asl.data.image.JpegBackend;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speeds of the decoders, and of Pillow, on one core: images per second of its own time, round by round. */
final class BenchDecoders {
    private static final String PILLOW = "pillow";

    private final List<DecodeBench.Item> items;
    private final Map<String, List<Double>> speeds = new LinkedHashMap<>();

    BenchDecoders(List<DecodeBench.Item> items) {
        this.items = items;
    }

    /** Measures each once; Pillow last, if there is a script. */
    void round(@Nullable Path script, Path crops) throws IOException, BadImageException {
        for (JpegBackend backend : JpegBackend.available()) {
            add(
                    backend.name().toLowerCase(Locale.ROOT),
                    DecodeBench.measure(backend, items, 1).median());
        }
        if (script != null) {
            add(PILLOW, pillow(script, crops));
        }
    }

    private void add(String name, double speed) {
        speeds.computeIfAbsent(name, none -> new ArrayList<>()).add(speed);
    }

    private static double pillow(Path script, Path crops) throws IOException {
        Process process = new ProcessBuilder("python3", script.toString(), "--rounds", "1", crops.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() == 0) {
                JsonNode figures = new ObjectMapper().readTree(output);
                return figures.path("median").asDouble();
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + script + " ran", e);
        }
        throw new IOException("python3 " + script + " failed: " + output.substring(output.lastIndexOf('\n') + 1));
    }

    /** The figures for people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(items.size() + " crops, one core          min  median     max");
        speeds.forEach((name, rounds) -> lines.add(format("%-20s %7.0f %7.0f %7.0f images/s", name, rounds)));
        ratios().forEach((name, rounds) -> lines.add(format("%-20s %7.2f %7.2f %7.2f", name, rounds)));
        return lines;
    }

    /** Each decoder over Pillow in the same round. */
    private Map<String, List<Double>> ratios() {
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        List<Double> peer = speeds.getOrDefault(PILLOW, List.of());
        speeds.forEach((name, rounds) -> {
            if (!name.equals(PILLOW) && !peer.isEmpty()) {
                List<Double> ratio = new ArrayList<>();
                for (int i = 0; i < rounds.size(); i++) {
                    ratio.add(rounds.get(i) / peer.get(i));
                }
                ratios.put(name + " / " + PILLOW, ratio);
            }
        });
        return ratios;
    }

    /** The figures for programs. */
    void write(ObjectNode page) {
        ObjectNode core = page.putObject("images_per_second_of_a_core");
        speeds.forEach((name, rounds) -> put(core.putObject(name), rounds));
        ObjectNode ratios = page.putObject("ratios");
        ratios().forEach((name, rounds) -> put(ratios.putObject(name), rounds));
    }

    private static void put(ObjectNode node, List<Double> rounds) {
        List<Double> sorted = rounds.stream().sorted().toList();
        node.put("min", sorted.get(0));
        node.put("median", sorted.get(sorted.size() / 2));
        node.put("max", sorted.get(sorted.size() - 1));
    }

    private static String format(String pattern, String name, List<Double> rounds) {
        List<Double> sorted = rounds.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                pattern,
                name,
                sorted.get(0),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() - 1));
    }
}
