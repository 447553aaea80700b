package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import asl.eval.TopPredictions.Guess;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopPredictionsTest {
    private static final List<String> CLASSES = List.of("cat", "dog", "bee");

    @Test
    void ordersByProbability() {
        float[] logits = {0, 0, 0, (float) Math.log(1), (float) Math.log(7), (float) Math.log(2)};
        List<Guess> guesses = TopPredictions.of(logits, 3, CLASSES, 2).guesses();
        assertThat(guesses).extracting(Guess::label).containsExactly("dog", "bee");
        assertThat(guesses.get(0).probability()).isCloseTo(0.7, within(1e-6));
        assertThat(guesses.get(1).probability()).isCloseTo(0.2, within(1e-6));
    }

    @Test
    void largeLogitsDoNotOverflowAndKMayExceedTheClasses() {
        List<Guess> guesses = TopPredictions.of(new float[] {2000, 1000, -1000}, 0, CLASSES, 5)
                .guesses();
        assertThat(guesses).hasSize(3);
        assertThat(guesses.get(0)).isEqualTo(new Guess("cat", 1));
    }
}
