package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClassificationScoresTest {
    @Test
    void countsFirstAndFirstFiveAnswers() {
        ClassificationScores scores = new ClassificationScores(7);
        float[] logits = {
            9, 1, 2, 3, 4, 5, 6, // label 0: first
            9, 1, 2, 3, 4, 5, 6, // label 3: fifth
            9, 1, 2, 3, 4, 5, 6, // label 2: sixth
            0, 0, 0, 0, 0, 0, 1, // label 6: first
        };
        scores.add(logits, new int[] {0, 3, 2, 6});
        assertThat(scores.count()).isEqualTo(4);
        assertThat(scores.top1()).isEqualTo(0.5);
        assertThat(scores.top5()).isEqualTo(0.75);
        assertThat(scores.confusion()[3][0]).isEqualTo(1);
        assertThat(scores.confusion()[2][0]).isEqualTo(1);
        assertThat(scores.perClass()[0]).isEqualTo(1);
        assertThat(scores.perClass()[3]).isZero();
        assertThat(scores.perClass()[1]).isNaN();
    }

    @Test
    void lossIsTheMeanCrossEntropyAlsoOfLargeLogits() {
        ClassificationScores scores = new ClassificationScores(2);
        scores.add(new float[] {1000, 999, 0, 0}, new int[] {1, 0});
        double expected = (1 + Math.log(1 + Math.exp(-1)) + Math.log(2)) / 2;
        assertThat(scores.loss()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void anUntrainedHeadOfEqualLogitsIsNotRight() {
        ClassificationScores scores = new ClassificationScores(10);
        scores.add(new float[10], new int[] {7});
        assertThat(scores.top1()).isZero();
        assertThat(scores.top5()).isZero();
    }

    @Test
    void logitsThatAreNotNumbersAreWrong() {
        ClassificationScores scores = new ClassificationScores(2);
        scores.add(new float[] {0, Float.NaN, Float.NaN, 0}, new int[] {1, 0});
        assertThat(scores.top1()).isZero();
        assertThat(scores.top5()).isZero();
    }

    @Test
    void sharesOfRanksAddUp() {
        float[] logits = {3, 1, 2, 1, 3, 2, 0, 1, 2, 5, 0, 1};
        int[] labels = {0, 2, 2, 1};
        ClassificationScores whole = new ClassificationScores(3);
        whole.add(logits, labels);

        ClassificationScores first = new ClassificationScores(3);
        first.add(Arrays.copyOfRange(logits, 0, 3), new int[] {0});
        ClassificationScores rest = new ClassificationScores(3);
        rest.add(Arrays.copyOfRange(logits, 3, 12), new int[] {2, 2, 1});
        double[] sums = first.sums();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += rest.sums()[i];
        }
        ClassificationScores summed = ClassificationScores.ofSums(3, sums);

        assertThat(summed.top1()).isEqualTo(whole.top1());
        assertThat(summed.top5()).isEqualTo(whole.top5());
        assertThat(summed.loss()).isCloseTo(whole.loss(), within(1e-12));
        assertThat(summed.confusion()).isDeepEqualTo(whole.confusion());
    }
}
