package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void linearMarksAreRound() {
        assertThat(new Axis(0, 9200, false).marks(8)).containsExactly(0.0, 2000.0, 4000.0, 6000.0, 8000.0);
        assertThat(new Axis(-0.31, 0.29, false).marks(6).stream().map(Axis::label))
                .containsExactly("-0.3", "-0.2", "-0.1", "0", "0.1", "0.2");
    }

    @Test
    void logarithmicMarksAreDecadesAndFewDecadesAreDivided() {
        assertThat(new Axis(1e-6, 1, true).marks(6)).hasSize(7).startsWith(1e-6);
        assertThat(new Axis(0.3, 3, true).marks(6).stream().map(Axis::label)).containsExactly("0.5", "1", "2");
    }

    @Test
    void logarithmicPositionsAreEvenInRatios() {
        Axis axis = new Axis(0.01, 100, true);
        assertThat(axis.position(1)).isCloseTo(0.5, within(1e-12));
        assertThat(axis.position(10)).isCloseTo(0.75, within(1e-12));
        assertThat(axis.position(0)).isInfinite();
    }

    @Test
    void fitLeavesOutWhatCannotBeShown() {
        DoubleStream values = DoubleStream.of(Double.NaN, -1, 0, 2, Double.POSITIVE_INFINITY, 8);
        assertThat(Axis.fit(values, true)).isEqualTo(new Axis(2, 8, true));
        assertThat(Axis.fit(DoubleStream.of(3), false)).isEqualTo(new Axis(2.5, 3.5, false));
        assertThat(Axis.fit(DoubleStream.empty(), false)).isEqualTo(new Axis(0, 1, false));
    }

    @Test
    void labelsAreShort() {
        assertThat(DoubleStream.of(0, 1.5e-4, 1e-5, 0.05, 1200, 2e6).mapToObj(Axis::label))
                .containsExactly("0", "1.5e-4", "1e-5", "0.05", "1200", "2e+6");
    }
}
