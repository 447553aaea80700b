package asl.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TrainPlanTest {
    /** Of COCO's train2017. */
    private static final long COCO_IMAGES = 118_287;

    @Test
    void maesRecipeOnSixtyFourProcesses() {
        TrainPlan plan = plan(64, COCO_IMAGES);
        assertThat(plan.effectiveBatch()).isEqualTo(4096);
        assertThat(plan.lr()).isEqualTo(2.4e-3);
        assertThat(plan.stepsPerEpoch()).isEqualTo(28);
        assertThat(plan.totalSteps()).isEqualTo(800 * 28);
        assertThat(plan.warmupSteps()).isEqualTo(40 * 28);
        assertThat(plan.epochs()).isEqualTo(800);
    }

    @Test
    void theLastStepOfAnEpochTakesTheBatchesThatAreLeft() {
        // 10 images in batches of 2 x 2 processes: 2 whole batches, or 3 with the partial one.
        assertThat(plan(2, 10, "train.batch_size=2", "train.accum_iter=2").stepsPerEpoch())
                .isEqualTo(1);
        assertThat(plan(2, 10, "train.batch_size=2", "train.accum_iter=2", "train.drop_last=false")
                        .stepsPerEpoch())
                .isEqualTo(2);
    }

    @Test
    void stepsAndAPlainRateComeBeforeEpochsAndBlr() {
        TrainPlan plan = plan(1, 640, "train.steps=25", "optim.lr=0.5", "optim.warmup_epochs=0.25");
        assertThat(plan).isEqualTo(new TrainPlan(64, 0.5, 10, 25, 3));
        assertThat(plan.epochs()).isEqualTo(2.5);
    }

    @Test
    void namesABatchThatTheImagesDoNotFill() {
        assertThatThrownBy(() -> plan(2, 100))
                .isInstanceOf(ConfigException.class)
                .hasMessage("train.batch_size: 100 images do not fill one batch of 128; lower it to 50 or less, or set"
                        + " train.drop_last: false");
    }

    private static TrainPlan plan(int worldSize, long images, String... sets) {
        RunConfig config = ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), List.of(sets))
                .config();
        return TrainPlan.of(config.train(), config.optim(), worldSize, images);
    }
}
