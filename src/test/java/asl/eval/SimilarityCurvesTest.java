package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;

import asl.eval.SimilarityCurves.Curve;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarityCurvesTest {
    private static final SimilarityCurves CURVES = new SimilarityCurves(List.of(
            new Curve("runs/mae", List.of(0.1, 0.25, 0.5, 0.75)), new Curve("dino, tiny", List.of(0.2, 1 / 3.0, 0.9))));

    @Test
    void tablePutsModelsSideBySide() {
        assertThat(CURVES.table()).isEqualTo("""
                layer      runs/mae  dino, tiny
                embedding    0.1000      0.2000
                block 1      0.2500      0.3333
                block 2      0.5000           -
                norm         0.7500      0.9000
                """);
    }

    @Test
    void csvQuotesNames() {
        assertThat(CURVES.csv().lines())
                .containsExactly(
                        "layer,runs/mae,\"dino, tiny\"",
                        "embedding,0.1000,0.2000",
                        "block 1,0.2500,0.3333",
                        "block 2,0.5000,",
                        "norm,0.7500,0.9000");
    }

    @Test
    void chartLeavesTheNormOut() {
        LineChart chart = CURVES.chart();
        assertThat(chart.series().get(0).y()).containsExactly(0.1, 0.25, 0.5);
        assertThat(chart.series().get(1).x()).containsExactly(0.0, 1.0);
        assertThat(chart.draw().getWidth()).isEqualTo(900);
    }
}
