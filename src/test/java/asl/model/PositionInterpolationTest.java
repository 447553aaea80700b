package asl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import asl.golden.GoldenVectors;
import asl.model.PositionInterpolation.Grid;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PositionInterpolationTest {
    @Test
    void constantAndExtraRowsStay() {
        float[] table = {7, -7, 1, 2, 1, 2, 1, 2, 1, 2};
        float[] fitted = PositionInterpolation.fit(table, 2, new Grid(2, 2), new Grid(3, 5));
        assertThat(fitted).hasSize(2 * 16).startsWith(7, -7);
        for (int i = 2; i < fitted.length; i += 2) {
            assertThat(fitted[i]).isCloseTo(1, within(1e-6f));
            assertThat(fitted[i + 1]).isCloseTo(2, within(1e-6f));
        }
    }

    /** The values of PyTorch 1.13 for a row of four doubled in length. */
    @Test
    void agreesWithPyTorchAlongOneAxis() {
        float[] fitted = PositionInterpolation.fit(new float[] {0, 1, 4, 9}, 1, new Grid(1, 4), new Grid(1, 8));
        assertThat(fitted)
                .containsExactly(
                        new float[] {
                            -0.10546875f,
                            0.12109375f,
                            0.45703125f,
                            1.609375f,
                            2.828125f,
                            5.4492188f,
                            7.9726562f,
                            9.527344f
                        },
                        within(1e-5f));
    }

    @Test
    void agreesWithTheReferenceTable() throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        int width = (int) golden.shape("pos.in_4x4").get(2);
        float[] fitted = PositionInterpolation.fit(golden.floats("pos.in_4x4"), width, new Grid(4, 4), new Grid(7, 7));
        assertThat(GoldenVectors.difference(fitted, golden.floats("pos.out_7x7")))
                .isLessThan(1e-5);
    }

    @Test
    void equalGridsGiveACopy() {
        float[] table = {1, 2, 3, 4};
        float[] fitted = PositionInterpolation.fit(table, 1, new Grid(2, 2), new Grid(2, 2));
        assertThat(fitted).isEqualTo(table).isNotSameAs(table);
    }

    @Test
    void refusesTablesThatDoNotFitTheirGrid() {
        assertThatThrownBy(() -> PositionInterpolation.fit(new float[6], 2, new Grid(2, 2), new Grid(3, 3)))
                .hasMessage("3 positions are too few for a grid of 2 x 2 patches");
    }
}
