package asl.train;

import asl.config.LinprobeConfig;
import asl.config.Weights;
import asl.eval.ClassificationScores;
import asl.eval.ScoreReport;
import asl.eval.TrainedWith;
import asl.interop.DType;
import asl.interop.FloatValues;
import asl.interop.Safetensors;
import asl.interop.TensorInfo;
import asl.log.JsonFile;
import asl.train.ProbeResult.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came out of a probe: a table of its heads, the best and the last epoch kept apart, and the files beside it. Heads
 * and epochs are chosen by the images held out, or, where there are none, by the validation part itself, which is said.
 */
final class ProbeReport {
    private final LinprobeConfig config;
    private final String yaml;
    private final List<String> classNames;
    private final List<Row> rows;

    /**
     * One head.
     *
     * @param last and best: scores on the validation part of the head after the last epoch, and after its best
     */
    record Row(ProbeResult result, ClassificationScores last, ClassificationScores best) {
        /** Where heads were chosen by the validation part itself. */
        static Row of(ProbeResult result) {
            return new Row(result, result.last().scores(), result.best().scores());
        }
    }

    ProbeReport(LinprobeConfig config, String yaml, List<String> classNames, List<Row> rows) {
        this.config = config;
        this.yaml = yaml;
        this.classNames = List.copyOf(classNames);
        this.rows = List.copyOf(rows);
    }

    private boolean heldOut() {
        return config.probe().holdout() > 0;
    }

    private Row chosen(Comparator<Row> by) {
        return rows.stream().reduce((a, b) -> by.compare(b, a) > 0 ? b : a).orElseThrow(); // of equals the first
    }

    private Row bestOfBest() {
        return chosen(
                Comparator.comparingDouble(row -> row.result().best().scores().top1()));
    }

    private Row bestOfLast() {
        return chosen(
                Comparator.comparingDouble(row -> row.result().last().scores().top1()));
    }

    /** How heads and epochs were chosen. */
    private String selection() {
        return heldOut()
                ? String.format(
                        Locale.ROOT,
                        "best epoch and head chosen on %s of the training images, held out",
                        config.probe().holdout())
                : "best epoch and head chosen on the validation part that they are measured on; --holdout 0.1 would "
                        + "choose on training images";
    }

    /** The table and where the files are, in lines for people. */
    List<String> lines(Path folder) {
        List<String> lines = new ArrayList<>();
        String held = heldOut() ? "  held-out" : "";
        lines.add(String.format(
                "%-5s %9s | last epoch%s  top-1   top-5 | best epoch%s  top-1   top-5", "head", "blr", held, held));
        for (Row row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-5s %9.4g | %10d%s | %10d%s%s",
                    name(row.result()),
                    row.result().blr(),
                    row.result().last().epoch(),
                    figures(row.result().last(), row.last()),
                    row.result().best().epoch(),
                    figures(row.result().best(), row.best()),
                    row.equals(bestOfBest()) ? "  <- chosen" : ""));
        }
        lines.add(selection());
        if (config.probe().perClass()) {
            lines.add("accuracy by class, chosen head at its best epoch");
            lines.addAll(new ScoreReport(classNames, bestOfBest().best()).perClassLines());
        }
        lines.add("Files");
        lines.add("  results    " + folder.resolve("results.json"));
        lines.add("  heads      " + folder.resolve("head_best.safetensors") + ", "
                + folder.resolve("head_last.safetensors"));
        lines.add("  confusion  " + folder.resolve("confusion.csv") + ", " + folder.resolve("confusion.png"));
        return lines;
    }

    private String figures(Snapshot snapshot, ClassificationScores scores) {
        String held = heldOut()
                ? String.format(Locale.ROOT, "  %8.2f", 100 * snapshot.scores().top1())
                : "";
        return held + String.format(Locale.ROOT, " %6.2f  %6.2f", 100 * scores.top1(), 100 * scores.top5());
    }

    private String name(ProbeResult result) {
        return config.weights().equals(Weights.PIXELS)
                ? "pixel"
                : result.pool().name().toLowerCase(Locale.ROOT);
    }

    /** Writes results, heads and confusion matrix. */
    void write(Path folder) throws IOException {
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("weights", config.weights());
        results.put("mode", config.probe().mode().name().toLowerCase(Locale.ROOT));
        results.put("selected_on", heldOut() ? "holdout" : "validation");
        results.put("best", row(bestOfBest()));
        results.put("last", row(bestOfLast()));
        results.put("heads", rows.stream().map(this::row).toList());
        JsonFile.write(folder.resolve("results.json"), results);
        new ScoreReport(classNames, bestOfBest().best()).writeConfusion(folder);
        writeHead(
                folder.resolve("head_best.safetensors"),
                bestOfBest(),
                bestOfBest().result().best());
        writeHead(
                folder.resolve("head_last.safetensors"),
                bestOfLast(),
                bestOfLast().result().last());
    }

    private Map<String, Object> row(Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("head", name(row.result()));
        map.put("blr", row.result().blr());
        map.put("last", snapshot(row.result().last(), row.last()));
        map.put("best", snapshot(row.result().best(), row.best()));
        return map;
    }

    private Map<String, Object> snapshot(Snapshot snapshot, ClassificationScores scores) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("epoch", snapshot.epoch());
        if (heldOut()) {
            map.put("holdout", new ScoreReport(classNames, snapshot.scores()).figures(false));
        }
        map.put(
                "validation",
                new ScoreReport(classNames, scores).figures(config.probe().perClass()));
        return map;
    }

    /** The head as {@code head.weight [C, D], head.bias [C]}, its batch norm folded in. */
    private void writeHead(Path file, Row row, Snapshot snapshot) throws IOException {
        float[] weight = snapshot.head().weight();
        float[] bias = snapshot.head().bias();
        long classes = classNames.size();
        List<TensorInfo> tensors = List.of(
                new TensorInfo("head.weight", DType.F32, List.of(classes, weight.length / classes)),
                new TensorInfo("head.bias", DType.F32, List.of(classes)));
        Map<String, String> texts = new LinkedHashMap<>(Map.of("format", "pt"));
        texts.put(TrainedWith.JOB, "linprobe");
        texts.put(TrainedWith.CLASSES, String.join("\n", classNames));
        texts.put("features", name(row.result()));
        texts.put("weights", config.weights());
        texts.put("blr", Double.toString(row.result().blr()));
        texts.put("epoch", Integer.toString(snapshot.epoch()));
        texts.put(TrainedWith.CONFIG, yaml);
        Files.deleteIfExists(file);
        Safetensors.write(
                file, texts, tensors, tensor -> FloatValues.bytes(tensor.name().equals("head.bias") ? bias : weight));
    }
}
