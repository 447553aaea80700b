package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldoutTest {
    /** 1000 images, class i mod 4 but for the last three, which are rare. */
    private static final int[] LABELS = IntStream.range(0, 1000)
            .map(i -> i < 997 ? i % 4 : i == 999 ? 9 : 8)
            .toArray();

    @Test
    void setsAsideTheSameShareOfEveryClass() {
        Holdout split = Holdout.split(LABELS, 0.1, 0);
        for (int label = 0; label < 4; label++) {
            assertThat(count(split.held(), label)).isEqualTo(25);
        }
        assertThat(count(split.held(), 8)).isEqualTo(1);
        assertThat(count(split.train(), 8)).isEqualTo(1);
        assertThat(count(split.train(), 9)).isEqualTo(1);
    }

    @Test
    void everyImageIsOnOneSide() {
        Holdout split = Holdout.split(LABELS, 0.25, 0);
        List<Integer> all = new ArrayList<>(split.train());
        all.addAll(split.held());
        assertThat(all).hasSize(1000).doesNotHaveDuplicates();
        assertThat(split.held()).isSorted();
        assertThat(split.train()).isSorted();
    }

    @Test
    void dependsOnTheSeedAlone() {
        assertThat(Holdout.split(LABELS, 0.1, 3)).isEqualTo(Holdout.split(LABELS, 0.1, 3));
        assertThat(Holdout.split(LABELS, 0.1, 3)).isNotEqualTo(Holdout.split(LABELS, 0.1, 4));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, Double.NaN})
    void refusesSharesThatSetNothingOrAllAside(double share) {
        assertThatThrownBy(() -> Holdout.split(LABELS, share, 0)).hasMessageContaining("between 0 and 1");
    }

    @Test
    void refusesClassesOfOneImage() {
        assertThatThrownBy(() -> Holdout.split(new int[] {0, 1, 2}, 0.5, 0))
                .hasMessageContaining("every class has a single image");
    }

    private static long count(List<Integer> indices, int label) {
        return indices.stream().filter(i -> LABELS[i] == label).count();
    }
}
