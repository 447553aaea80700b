package asl.eval;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** How often each class was taken for each: rows are the true classes, columns the predicted ones. */
public final class ConfusionMatrix {
    private static final int PICTURE_SIDE = 800;
    private static final int LARGEST_CELL = 48;
    /** Cells smaller than this hold no number and rows no name. */
    private static final int LEGIBLE_CELL = 26;

    private static final int MARGIN = 8;

    private final List<String> classes;
    private final long[][] counts;

    public ConfusionMatrix(List<String> classes) {
        this.classes = List.copyOf(classes);
        this.counts = new long[classes.size()][classes.size()];
    }

    /** A matrix of counts that were taken elsewhere, [label][predicted]. */
    public static ConfusionMatrix of(List<String> classes, long[][] counts) {
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        for (int label = 0; label < counts.length; label++) {
            System.arraycopy(counts[label], 0, matrix.counts[label], 0, counts.length);
        }
        return matrix;
    }

    public void add(int label, int predicted) {
        counts[label][predicted]++;
    }

    public long count(int label, int predicted) {
        return counts[label][predicted];
    }

    /** Share of all that were taken for what they are, 0 to 1; not a number while nothing is counted. */
    public double accuracy() {
        long right = 0;
        long all = 0;
        for (int label = 0; label < counts.length; label++) {
            right += counts[label][label];
            all += rowSum(label);
        }
        return (double) right / all;
    }

    /** Share of one class that was taken for what it is. */
    public double recall(int label) {
        return (double) counts[label][label] / rowSum(label);
    }

    /** Counts as comma-separated values (RFC 4180, ended by line feeds), with the names of the classes. */
    public String csv() {
        StringBuilder csv = new StringBuilder("label");
        classes.forEach(name -> csv.append(',').append(quoted(name)));
        for (int label = 0; label < counts.length; label++) {
            csv.append('\n').append(quoted(classes.get(label))).append(',');
            csv.append(LongStream.of(counts[label]).mapToObj(Long::toString).collect(Collectors.joining(",")));
        }
        return csv.append('\n').toString();
    }

    /** Shares by row as colours; with few classes also names and counts. */
    public BufferedImage draw() {
        int cell = Math.max(1, Math.min(LARGEST_CELL, PICTURE_SIDE / counts.length));
        BufferedImage colors = new HeatMap(0, 1).draw(shares(), cell);
        if (cell < LEGIBLE_CELL) {
            return colors;
        }
        PixelFont font = new PixelFont(1);
        int names = 2 * MARGIN + classes.stream().mapToInt(font::width).max().orElseThrow();
        BufferedImage picture = new BufferedImage(
                names + colors.getWidth() + MARGIN, names + colors.getHeight() + MARGIN, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        graphics.drawImage(colors, names, names, null);
        int middle = (cell - font.height()) / 2;
        for (int label = 0; label < counts.length; label++) {
            int offset = names + label * cell + middle;
            graphics.setColor(Color.DARK_GRAY);
            font.draw(graphics, classes.get(label), names - MARGIN - font.width(classes.get(label)), offset);
            font.drawUpwards(graphics, classes.get(label), offset, names - MARGIN);
            for (int predicted = 0; predicted < counts.length; predicted++) {
                String count = Long.toString(counts[label][predicted]);
                int x = names + predicted * cell + (cell - font.width(count)) / 2;
                // Dark on the bright end of the scale, else white.
                graphics.setColor(counts[label][predicted] > 0.6 * rowSum(label) ? Color.BLACK : Color.WHITE);
                font.draw(graphics, count, x, offset);
            }
        }
        graphics.dispose();
        return picture;
    }

    /** Counts over the sum of their row; not a number for a class that never occurred. */
    private double[][] shares() {
        double[][] shares = new double[counts.length][counts.length];
        for (int label = 0; label < counts.length; label++) {
            double sum = rowSum(label);
            for (int predicted = 0; predicted < counts.length; predicted++) {
                shares[label][predicted] = counts[label][predicted] / sum;
            }
        }
        return shares;
    }

    private long rowSum(int label) {
        return LongStream.of(counts[label]).sum();
    }

    static String quoted(String name) {
        boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
