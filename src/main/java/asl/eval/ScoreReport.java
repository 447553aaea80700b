package asl.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What is shown of a classifier's scores: figures for a file, the accuracy of every class, who was taken for whom. */
public record ScoreReport(List<String> classNames, ClassificationScores scores) {
    /** Shares in 0..1 by name: {@code images, top1, top5, loss} and, if asked, {@code per_class}. */
    public Map<String, Object> figures(boolean perClass) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("images", scores.count());
        figures.put("top1", scores.top1());
        figures.put("top5", scores.top5());
        figures.put("loss", scores.loss());
        if (perClass) {
            figures.put("per_class", perClass());
        }
        return figures;
    }

    /** The figures in one line. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "top-1 %.2f %%, top-5 %.2f %%, loss %.4f on %d images",
                100 * scores.top1(),
                100 * scores.top5(),
                scores.loss(),
                scores.count());
    }

    private Map<String, Double> perClass() {
        Map<String, Double> byName = new LinkedHashMap<>();
        double[] recall = scores.perClass();
        for (int i = 0; i < recall.length; i++) {
            byName.put(classNames.get(i), recall[i]);
        }
        return byName;
    }

    /** One line a class: its name and the share of its images that were recognised, in per cent. */
    public List<String> perClassLines() {
        int width = classNames.stream().mapToInt(String::length).max().orElse(0);
        double[] recall = scores.perClass();
        return IntStream.range(0, recall.length)
                .mapToObj(i -> String.format(
                        Locale.ROOT, "  %-" + Math.max(1, width) + "s  %6.2f", classNames.get(i), 100 * recall[i]))
                .toList();
    }

    /** Writes {@code confusion.csv} and {@code confusion.png}. */
    public void writeConfusion(Path folder) throws IOException {
        ConfusionMatrix matrix = ConfusionMatrix.of(classNames, scores.confusion());
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("confusion.csv"), matrix.csv());
        PngFile.write(matrix.draw(), folder.resolve("confusion.png"));
    }
}
