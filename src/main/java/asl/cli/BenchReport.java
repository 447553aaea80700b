package asl.cli;

import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import asl.train.StepTimes;
import asl.train.StepTimes.Phases;
import asl.train.StepTimes.Spread;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code asl bench step} found.
 *
 * @param peaks operations per second of large matrix products, by precision
 * @param peakMib the most memory that the process, or the GPU, had given out
 */
record BenchReport(RunConfig config, Map<Precision, Double> peaks, List<StepTimes> times, double peakMib) {
    private static final double GIGA = 1e9;

    /** The figures for people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(format(
                "width %d, %d blocks, %s px, batch %d; %d steps of each, in turn",
                config.model().embedDim(),
                config.model().blocks(),
                config.model().imageSize(),
                config.train().batchSize(),
                times.get(0).steps().size()));
        peaks.forEach((precision, flops) -> lines.add(
                format("matrix peak  %s %.0f GFLOP/s", precision.name().toLowerCase(Locale.ROOT), flops / GIGA)));
        lines.add(format(
                "%-10s %9s  %-23s  %7s %8s %9s %6s  %8s %7s",
                "",
                "images/s",
                "step s min median max",
                "forward",
                "backward",
                "optimizer",
                "rest",
                "GFLOP/s",
                "of peak"));
        times.forEach(time -> lines.add(line(time)));
        lines.add(format("peak memory  %.0f MiB", peakMib));
        ratios().forEach((name, ratio) ->
                lines.add(format("%-34s %.3f  (%.3f to %.3f)", name, ratio.median(), ratio.min(), ratio.max())));
        return lines;
    }

    private String line(StepTimes time) {
        Spread seconds = time.seconds();
        double speed = time.subject().flops() / seconds.median();
        return format(
                "%-10s %9.2f  %7.3f %7.3f %7.3f  %6.1f%% %7.1f%% %8.1f%% %5.1f%%  %8s %7s",
                time.subject().name(),
                time.subject().batch() / seconds.median(),
                seconds.min(),
                seconds.median(),
                seconds.max(),
                100 * time.share(Phases::forward),
                100 * time.share(Phases::backward),
                100 * time.share(Phases::optimizer),
                100 * time.share(Phases::rest),
                speed > 0 ? format("%.0f", speed / GIGA) : "-",
                speed > 0 ? format("%.1f%%", 100 * speed / peak(time)) : "-");
    }

    private double peak(StepTimes time) {
        return peaks.getOrDefault(time.subject().precision(), Double.NaN);
    }

    /** Times over those of the peer, of MAE at the same precision, and of fp32 at the same branch. */
    Map<String, Spread> ratios() {
        Map<String, Spread> ratios = new LinkedHashMap<>();
        for (StepTimes time : times) {
            StepTimes.Subject subject = time.subject();
            if (subject.kind().equals("peer")) {
                continue;
            }
            find("peer", Precision.FP32).ifPresent(peer -> {
                ratios.put(subject.name() + " / peer, whole step", time.over(peer, Phases::total));
                ratios.put(subject.name() + " / peer, passes", time.over(peer, Phases::passes));
            });
            find("none", subject.precision())
                    .filter(other -> !subject.kind().equals("none"))
                    .ifPresent(mae -> ratios.put(subject.name() + " / none", time.over(mae, Phases::total)));
            find(subject.kind(), Precision.FP32)
                    .filter(other -> subject.precision() != Precision.FP32)
                    .ifPresent(fp32 -> ratios.put(subject.name() + " / fp32", time.over(fp32, Phases::total)));
        }
        return ratios;
    }

    private Optional<StepTimes> find(String kind, Precision precision) {
        return times.stream()
                .filter(time ->
                        time.subject().kind().equals(kind) && time.subject().precision() == precision)
                .findFirst();
    }

    /** Figures that were written before. */
    static JsonNode read(Path file) throws IOException {
        JsonNode page = new ObjectMapper().readTree(Files.readString(file));
        if (!(page.path("steps") instanceof ObjectNode)) {
            throw new IOException(file + ": not written by asl bench step --json");
        }
        return page;
    }

    /** Then and now, for what both hold. */
    List<String> comparison(JsonNode page) {
        List<String> lines = new ArrayList<>();
        lines.add("against figures of " + page.path("machine").asText());
        for (StepTimes time : times) {
            JsonNode then = page.path("steps").path(time.subject().name());
            if (then.isMissingNode()) {
                continue;
            }
            double before = then.path("images_per_second").asDouble();
            double now = time.subject().batch() / time.seconds().median();
            String batch = then.path("batch").asInt() == time.subject().batch()
                    ? ""
                    : ", but at batch " + then.path("batch").asInt();
            lines.add(format(
                    "%-10s %.2f -> %.2f images/s, %+.1f%%%s",
                    time.subject().name(), before, now, 100 * (now / before - 1), batch));
        }
        return lines;
    }

    /** The figures for programs; times in seconds, shares from 0 to 1. */
    String json(String machine) throws JsonProcessingException {
        ObjectNode page = Page.empty();
        page.put("machine", machine).put("peak_memory_mib", peakMib);
        page.put("width", config.model().embedDim()).put("depth", config.model().blocks());
        page.put("image_size", config.model().imageSize().toString());
        ObjectNode matrix = page.putObject("matrix_flops");
        peaks.forEach((precision, flops) -> matrix.put(precision.name().toLowerCase(Locale.ROOT), flops));
        ObjectNode steps = page.putObject("steps");
        for (StepTimes time : times) {
            ObjectNode step = steps.putObject(time.subject().name());
            Spread seconds = time.seconds();
            step.put("batch", time.subject().batch());
            step.put("images_per_second", time.subject().batch() / seconds.median());
            put(step.putObject("seconds"), seconds);
            ObjectNode shares = step.putObject("shares");
            shares.put("forward", time.share(Phases::forward)).put("backward", time.share(Phases::backward));
            shares.put("optimizer", time.share(Phases::optimizer)).put("rest", time.share(Phases::rest));
            if (time.subject().flops() > 0) {
                double speed = time.subject().flops() / seconds.median();
                step.put("flops_per_second", speed).put("share_of_peak", speed / peak(time));
            }
        }
        ObjectNode ratios = page.putObject("ratios");
        ratios().forEach((name, ratio) -> put(ratios.putObject(name), ratio));
        return Page.json(page);
    }

    private static void put(ObjectNode node, Spread spread) {
        node.put("min", spread.min()).put("median", spread.median()).put("max", spread.max());
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
