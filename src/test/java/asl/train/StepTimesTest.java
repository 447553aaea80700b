package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import asl.config.RunConfig.Precision;
import asl.train.StepTimes.Phases;
import asl.train.StepTimes.Spread;
import asl.train.StepTimes.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepTimesTest {
    private static StepTimes times(Phases... steps) {
        return new StepTimes(new Subject("none", Precision.BF16, 8, 0), List.of(steps));
    }

    @Test
    void sharesAreOfAllStepsTogether() {
        StepTimes times = times(new Phases(10, 20, 5, 5), new Phases(30, 20, 5, 5));
        assertThat(times.share(Phases::forward)).isCloseTo(0.4, within(1e-12));
        assertThat(times.share(Phases::optimizer)).isCloseTo(0.1, within(1e-12));
        assertThat(times.subject().name()).isEqualTo("none bf16");
    }

    /** A round in which the whole machine was twice as slow counts like the others. */
    @Test
    void ratiosAreTakenRoundByRound() {
        StepTimes ours = times(new Phases(1, 2, 0, 0), new Phases(2, 4, 0, 0), new Phases(1, 1, 0, 0));
        StepTimes theirs = times(new Phases(2, 2, 9, 9), new Phases(4, 4, 9, 9), new Phases(2, 2, 9, 9));
        assertThat(ours.over(theirs, Phases::passes)).isEqualTo(new Spread(0.5, 0.75, 0.75));
    }

    @Test
    void secondsAreOfWholeSteps() {
        assertThat(times(new Phases(1_000_000_000, 0, 500_000_000, 0), new Phases(0, 1_000_000_000, 0, 0))
                        .seconds())
                .isEqualTo(new Spread(1, 1, 1.5));
    }
}
