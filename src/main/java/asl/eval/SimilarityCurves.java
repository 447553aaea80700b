package asl.eval;

import asl.eval.LineChart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How alike the patch tokens of an image are, layer by layer, for several models (paper Fig. 1): a table, comma-separated
 * values and a chart.
 */
public record SimilarityCurves(List<Curve> curves) {
    private static final int LAYER_WIDTH = 9;

    /**
     * One model.
     *
     * @param values mean cosine of all pairs of patch tokens after the embedding, each block, and the last norm
     */
    public record Curve(String name, List<Double> values) {
        public Curve {
            values = List.copyOf(values);
        }

        int blocks() {
            return values.size() - 2;
        }
    }

    public SimilarityCurves {
        curves = List.copyOf(curves);
    }

    /** One row per layer, one column per model; a dash where a model has no such block. */
    public String table() {
        StringBuilder table = new StringBuilder("layer    ");
        curves.forEach(curve -> table.append("  ").append(curve.name()));
        for (String layer : layers()) {
            table.append('\n').append(String.format(Locale.ROOT, "%-" + LAYER_WIDTH + "s", layer));
            for (Curve curve : curves) {
                String cell = cell(curve, layer).isEmpty() ? "-" : cell(curve, layer);
                table.append("  ")
                        .append(String.format(Locale.ROOT, "%" + curve.name().length() + "s", cell));
            }
        }
        return table.append('\n').toString();
    }

    /** The same as comma-separated values. */
    public String csv() {
        StringBuilder csv = new StringBuilder("layer");
        curves.forEach(curve -> csv.append(',').append(ConfusionMatrix.quoted(curve.name())));
        for (String layer : layers()) {
            csv.append('\n').append(layer).append(',');
            csv.append(curves.stream().map(curve -> cell(curve, layer)).collect(Collectors.joining(",")));
        }
        return csv.append('\n').toString();
    }

    /** Cosine over layers: 0 is the embedding, then the blocks. */
    public LineChart chart() {
        List<Series> series = curves.stream()
                .map(curve -> new Series(
                        curve.name(),
                        IntStream.rangeClosed(0, curve.blocks())
                                .mapToObj(Double::valueOf)
                                .toList(),
                        curve.values().subList(0, curve.blocks() + 1)))
                .toList();
        return new LineChart("mean cosine of patch tokens", "block", false, series);
    }

    private List<String> layers() {
        int blocks = curves.stream().mapToInt(Curve::blocks).max().orElse(0);
        List<String> layers = new ArrayList<>();
        layers.add("embedding");
        IntStream.rangeClosed(1, blocks).forEach(block -> layers.add("block " + block));
        layers.add("norm");
        return layers;
    }

    private static String cell(Curve curve, String layer) {
        int index = switch (layer) {
            case "embedding" -> 0;
            case "norm" -> curve.values().size() - 1;
            default -> Integer.parseInt(layer.substring("block ".length()));
        };
        boolean has = index <= curve.blocks() || layer.equals("norm");
        return has ? String.format(Locale.ROOT, "%.4f", curve.values().get(index)) : "";
    }
}
