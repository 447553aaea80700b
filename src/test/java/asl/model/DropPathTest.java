package asl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DropPathTest {
    @Test
    void ratesGrowLinearlyAndScalesKeepTheMean() {
        int samples = 20_000;
        DropPath dropPath = new DropPath(3, 0.4);
        float[] scales = dropPath.draw(0, 0, LongStream.range(0, samples).toArray());
        assertThat(scales).hasSize(6 * samples);
        double[] rates = {0, 0, 0.2, 0.2, 0.4, 0.4};
        for (int branch = 0; branch < 6; branch++) {
            double mean = 0;
            int dropped = 0;
            for (int i = 0; i < samples; i++) {
                float scale = scales[branch * samples + i];
                mean += scale / samples;
                dropped += scale == 0 ? 1 : 0;
            }
            assertThat((double) dropped / samples).isCloseTo(rates[branch], within(0.012));
            assertThat(mean).isCloseTo(1, within(0.02));
        }
    }

    @Test
    void anImageIsTreatedAlikeInEveryBatch() {
        DropPath dropPath = new DropPath(2, 0.5);
        float[] pair = dropPath.draw(3, 7, 11, 12);
        float[] alone = dropPath.draw(3, 7, 12);
        for (int branch = 0; branch < 4; branch++) {
            assertThat(alone[branch]).isEqualTo(pair[2 * branch + 1]);
        }
    }

    @Test
    void epochsDiffer() {
        DropPath dropPath = new DropPath(12, 0.5);
        assertThat(dropPath.draw(0, 0, 1, 2, 3)).isNotEqualTo(dropPath.draw(0, 1, 1, 2, 3));
    }

    @Test
    void refusesToDropEverything() {
        assertThatThrownBy(() -> new DropPath(2, 1)).hasMessageContaining("drop path 1.0");
    }
}
