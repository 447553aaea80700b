package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineChartTest {
    private static final int BLUE = 0x0072B2;
    private static final int VERMILION = 0xD55E00;

    private static BufferedImage draw(boolean logY, LineChart.Series... series) {
        return new LineChart("loss", "step", logY, List.of(series)).draw();
    }

    /** The heights at which about that colour stands in one column of the plot. */
    private static List<Integer> rows(BufferedImage chart, int x, int rgb) {
        return IntStream.range(0, chart.getHeight())
                .filter(y -> near(chart.getRGB(x, y), rgb))
                .boxed()
                .toList();
    }

    /** The edges of a line are blended with the ground. */
    private static boolean near(int first, int second) {
        return IntStream.of(0, 8, 16)
                .allMatch(shift -> Math.abs(((first >> shift) & 0xFF) - ((second >> shift) & 0xFF)) < 80);
    }

    @Test
    void fallingSeriesFallsAndHigherSeriesIsHigher() {
        BufferedImage chart = draw(
                false,
                new LineChart.Series("low", List.of(0.0, 10.0), List.of(1.0, 0.0)),
                new LineChart.Series("high", List.of(0.0, 10.0), List.of(4.0, 3.0)));
        int early = rows(chart, 200, BLUE).get(0);
        int late = rows(chart, 600, BLUE).get(0);
        assertThat(late).as("rows count downwards").isGreaterThan(early);
        assertThat(rows(chart, 200, VERMILION).get(0)).isLessThan(early);
    }

    @Test
    void missingValuesLeaveAGap() {
        List<Double> x = List.of(0.0, 1.0, 2.0, 3.0, 4.0);
        BufferedImage chart = draw(false, new LineChart.Series("a", x, List.of(1.0, 1.0, Double.NaN, 1.0, 1.0)));
        assertThat(rows(chart, 150, BLUE)).isNotEmpty();
        assertThat(rows(chart, 480, BLUE)).isEmpty();
        assertThat(rows(chart, 760, BLUE)).isNotEmpty();
    }

    @Test
    void logarithmicAxisStraightensAGeometricSeries() {
        BufferedImage chart = draw(true, new LineChart.Series("lr", List.of(0.0, 1.0, 2.0), List.of(1e-6, 1e-4, 1e-2)));
        int left = rows(chart, 200, BLUE).get(0);
        int middle = rows(chart, 350, BLUE).get(0);
        int right = rows(chart, 500, BLUE).get(0);
        assertThat(middle).isBetween((left + right) / 2 - 1, (left + right) / 2 + 1);
    }

    @Test
    void emptyChartIsDrawn() {
        assertThat(draw(true).getWidth()).isEqualTo(900);
    }

    @Test
    void unequalLengthsAreNamed() {
        assertThatThrownBy(() -> new LineChart.Series("loss", List.of(1.0), List.of()))
                .hasMessage("series loss has 1 x for 0 y");
    }
}
