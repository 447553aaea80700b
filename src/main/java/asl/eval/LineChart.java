package asl.eval;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * A small line chart of a run's figures.
 *
 * @param title stands above
 * @param xLabel stands below, for example {@code step}
 * @param logY whether the vertical axis is logarithmic; values that are not positive are then left out
 * @param series the lines, drawn in this order
 */
public record LineChart(String title, String xLabel, boolean logY, List<Series> series) {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;
    private static final int MARK_LENGTH = 5;
    private static final int GAP = 8;

    /** Okabe and Ito's palette, which the colour-blind tell apart, without its yellow: too pale on white. */
    private static final List<Color> COLORS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x56B4E9),
            new Color(0xE69F00),
            new Color(0x000000));

    private static final Color GRID = new Color(0xE4E4E4);
    /** Keeps the legend legible over a line. */
    private static final Color VEIL = new Color(255, 255, 255, 210);

    private static final Color TEXT = new Color(0x333333);
    private static final PixelFont FONT = new PixelFont(2);
    private static final PixelFont SMALL = new PixelFont(1);

    /** One line: a point is {@code (x[i], y[i])}, and one that is not finite leaves a gap. */
    public record Series(String name, List<Double> x, List<Double> y) {
        public Series {
            x = List.copyOf(x);
            y = List.copyOf(y);
            if (x.size() != y.size()) {
                throw new IllegalArgumentException("series %s has %d x for %d y".formatted(name, x.size(), y.size()));
            }
        }
    }

    public LineChart {
        series = List.copyOf(series);
    }

    /** Draws the chart, 900 x 480 pixels. */
    public BufferedImage draw() {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        Axis x = Axis.fit(values(Series::x), false);
        Axis y = Axis.fit(values(Series::y), logY).padded(0.05);
        Rectangle plot = new Rectangle(90, 44, WIDTH - 90 - 24, HEIGHT - 44 - 64);
        drawAxes(graphics, plot, x, y);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        for (int i = 0; i < series.size(); i++) {
            graphics.setColor(color(i));
            graphics.draw(line(series.get(i), plot, x, y));
        }
        drawLegend(graphics, plot);
        graphics.dispose();
        return picture;
    }

    private void drawAxes(Graphics2D graphics, Rectangle plot, Axis x, Axis y) {
        int bottom = plot.y + plot.height;
        for (double mark : x.marks(8)) {
            int at = plot.x + (int) Math.round(x.position(mark) * plot.width);
            graphics.setColor(GRID);
            graphics.drawLine(at, plot.y, at, bottom + MARK_LENGTH);
            graphics.setColor(TEXT);
            String label = Axis.label(mark);
            SMALL.draw(graphics, label, at - SMALL.width(label) / 2, bottom + GAP);
        }
        for (double mark : y.marks(6)) {
            int at = bottom - (int) Math.round(y.position(mark) * plot.height);
            graphics.setColor(GRID);
            graphics.drawLine(plot.x - MARK_LENGTH, at, plot.x + plot.width, at);
            graphics.setColor(TEXT);
            String label = Axis.label(mark);
            SMALL.draw(graphics, label, plot.x - GAP - SMALL.width(label), at - SMALL.height() / 2);
        }
        graphics.setColor(TEXT);
        graphics.drawRect(plot.x, plot.y, plot.width, plot.height);
        FONT.draw(graphics, title, plot.x, (plot.y - FONT.height()) / 2);
        FONT.draw(graphics, xLabel, plot.x + (plot.width - FONT.width(xLabel)) / 2, HEIGHT - GAP - FONT.height());
    }

    private Path2D line(Series points, Rectangle plot, Axis x, Axis y) {
        Path2D line = new Path2D.Double();
        boolean pen = false;
        for (int i = 0; i < points.x().size(); i++) {
            double right = plot.x + x.position(points.x().get(i)) * plot.width;
            double down = plot.y + (1 - y.position(points.y().get(i))) * plot.height;
            boolean shown = Double.isFinite(right) && Double.isFinite(down);
            if (shown && pen) {
                line.lineTo(right, down);
            } else if (shown) {
                line.moveTo(right, down);
                // A point alone is a dot.
                line.lineTo(right, down);
            }
            pen = shown;
        }
        return line;
    }

    private void drawLegend(Graphics2D graphics, Rectangle plot) {
        int rowHeight = SMALL.height() + GAP;
        int widest = series.stream().mapToInt(s -> SMALL.width(s.name())).max().orElse(0);
        int left = plot.x + plot.width - widest - 2 * GAP;
        graphics.setColor(VEIL);
        graphics.fillRect(left - 4 * GAP, plot.y + GAP / 2, widest + 5 * GAP, series.size() * rowHeight);
        for (int i = 0; i < series.size(); i++) {
            int top = plot.y + GAP + i * rowHeight;
            graphics.setColor(color(i));
            graphics.fillRect(left - 3 * GAP, top + SMALL.height() / 2 - 1, 2 * GAP, 3);
            graphics.setColor(TEXT);
            SMALL.draw(graphics, series.get(i).name(), left, top);
        }
    }

    private DoubleStream values(Function<Series, List<Double>> axis) {
        return series.stream().map(axis).flatMap(List::stream).mapToDouble(Double::doubleValue);
    }

    private static Color color(int index) {
        return COLORS.get(index % COLORS.size());
    }
}
