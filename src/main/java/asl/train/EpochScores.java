package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.TrainPlan;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.eval.ScoreReport;
import asl.eval.ScoredPart;
import asl.log.JsonFile;
import asl.log.MetricLog;
import asl.log.StepMetrics;
import asl.model.VitClassifier;
import asl.train.BestEpoch.Mark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Measures a classifier after every epoch of its training. Figures of the last epoch and of the best one are kept apart, as
 * are the best one's weights; what is known so far stands in {@code results.json}.
 */
final class EpochScores {
    private static final String LAST = "last";
    private static final String BEST = "best";

    private final Run run;
    private final Measured measured;
    private final Parts parts;
    private final BestEpoch kept;
    private final Map<String, Map<String, Map<String, Object>>> figures = new LinkedHashMap<>(); // part, last or best
    private final List<String> lines = new ArrayList<>();
    private Optional<Mark> best = Optional.empty();
    private long measuredStep = -1;

    /** Where the figures go. */
    record Run(RunFolder folder, TrainPlan plan, MetricLog log, List<String> classNames) {}

    /** The weights that are measured: those that are trained, or their moving averages. */
    record Measured(NDManager manager, VitClassifier classifier, Map<String, NDArray> weights) {
        ClassificationScores on(ScoredPart part) throws IOException {
            NDList list = new NDList(List.copyOf(weights.values()));
            return part.score(
                    (results, images) -> classifier.logits(results, images, list),
                    classifier.head().classes());
        }
    }

    /**
     * What is measured on.
     *
     * @param selection chooses the best epoch
     * @param test measured at the end, where that is another part; else the selection is what is reported
     */
    record Parts(ScoredPart selection, Optional<ScoredPart> test) {
        String selectionName() {
            return test.isPresent() ? "held_out" : "val";
        }
    }

    EpochScores(Run run, Measured measured, Parts parts, BestEpoch kept) {
        this.run = run;
        this.measured = measured;
        this.parts = parts;
        this.kept = kept;
    }

    /** Takes up what earlier starts of this run found in its first {@code step} steps. */
    void goOnFrom(long step) throws IOException {
        World world = parts.selection().world();
        Mark none = new Mark(-1, 0);
        Mark found = world.together(() -> writes() ? kept.upTo(step).orElse(none) : none);
        double[] known = world.allReduceMax((double) found.step(), found.top1());
        best = known[0] < 0 ? Optional.empty() : Optional.of(new Mark((long) known[0], known[1]));
        if (step == 0 && writes()) {
            kept.clear();
        }
        best.ifPresent(mark -> section(parts.selectionName()).put(BEST, at(mark.step(), Map.of("top1", mark.top1()))));
    }

    /** Measures the weights as they are; every rank must come to this. */
    void measure(long step) throws IOException {
        if (step == 0 || step == measuredStep) {
            return;
        }
        measuredStep = step;
        ClassificationScores scores = measured.on(parts.selection());
        boolean better = best.isEmpty() || scores.top1() > best.get().top1();
        if (better) {
            best = Optional.of(new Mark(step, scores.top1()));
        }
        if (!writes()) {
            return;
        }
        String part = parts.selectionName();
        record(part, LAST, step, scores);
        if (better) {
            kept.save(best.get(), measured.weights());
            record(part, BEST, step, scores);
        }
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(part + "_loss", scores.loss());
        values.put(part + "_top1", scores.top1());
        values.put(part + "_top5", scores.top5());
        run.log().metrics(new StepMetrics(step, epoch(step), values));
        run.log().note(line(part, LAST) + (better ? ", the best so far" : ""));
    }

    /** After the last step: the figures that are reported, and the weights that are measured become the best epoch's. */
    void finish(long step) throws IOException {
        measure(step);
        lines.add("last         " + line(parts.selectionName(), LAST));
        lines.add("best         " + line(parts.selectionName(), BEST));
        if (parts.test().isEmpty()) {
            lines.add(
                    "the best epoch was chosen by the images it is measured on, as is usual; --holdout 0.1 chooses by a"
                            + " part of the training images instead");
            return;
        }
        ScoredPart test = parts.test().get();
        record("val", LAST, step, measured.on(test));
        if (writes()) {
            kept.load(measured.manager(), measured.weights());
        }
        RankStart.alike(test.world(), step, List.of(measured.weights()));
        record("val", BEST, best.orElseThrow().step(), measured.on(test));
        lines.add("last         " + line("val", LAST));
        lines.add("best         " + line("val", BEST));
    }

    /** What is said at the end. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    private boolean writes() {
        return parts.selection().world().rank() == 0;
    }

    private void record(String part, String which, long step, ClassificationScores scores) throws IOException {
        ScoreReport report = new ScoreReport(run.classNames(), scores);
        section(part).put(which, at(step, report.figures(true)));
        if (writes()) {
            Map<String, Object> results = new LinkedHashMap<>();
            results.put("selected_on", parts.selection().source().describe());
            results.putAll(figures);
            JsonFile.write(run.folder().path("results.json"), results);
            if (part.equals("val")) {
                report.writeConfusion(run.folder().path(which));
            }
        }
    }

    private Map<String, Map<String, Object>> section(String part) {
        return figures.computeIfAbsent(part, any -> new LinkedHashMap<>());
    }

    private Map<String, Object> at(long step, Map<String, ?> scores) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("epoch", epoch(step));
        all.put("step", step);
        all.putAll(scores);
        return all;
    }

    private double epoch(long step) {
        return step / (double) run.plan().stepsPerEpoch();
    }

    private String line(String part, String which) {
        Map<String, Object> shown = section(part).getOrDefault(which, Map.of());
        StringJoiner line = new StringJoiner(", ");
        line.add(String.format(
                Locale.ROOT,
                "epoch %.4g: %s top-1 %.2f %%",
                number(shown, "epoch"),
                part.replace('_', '-'),
                100 * number(shown, "top1")));
        if (shown.containsKey("top5")) { // of a best epoch before a resume only the top-1 is known
            line.add(String.format(Locale.ROOT, "top-5 %.2f %%", 100 * number(shown, "top5")));
            line.add(String.format(Locale.ROOT, "loss %.4f", number(shown, "loss")));
        }
        return line.toString();
    }

    private static double number(Map<String, Object> shown, String name) {
        return shown.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
