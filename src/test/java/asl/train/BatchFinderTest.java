package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import asl.config.ConfigException;
import asl.config.ConfigLoader;
import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import asl.distributed.World;
import asl.model.ModelSummary;
import asl.ops.Engines;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
final class BatchFinderTest {
    private static RunConfig config() {
        List<String> sets = List.of(
                "model.size=auto",
                "model.width=16",
                "model.depth=1",
                "model.heads=1",
                "model.image_size=16",
                "model.patch_size=4",
                "decoder.width=16",
                "decoder.depth=1",
                "decoder.heads=1",
                "train.batch_size=auto",
                "train.effective_batch=12");
        return ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), sets)
                .config();
    }

    private static int find(long available) {
        Engines.Setup engine = new Engines.Setup(Device.cpu(), Precision.FP32, 1);
        try (World world = World.single()) {
            return new BatchFinder(config(), world, engine, () -> available).find();
        }
    }

    private static long estimate(int batch) {
        return ModelSummary.of(config().with(config().train().inMicroBatches(batch, 1)), Precision.FP32, batch)
                .memory()
                .total();
    }

    @Test
    void takesTheLargestDivisorThatFits() {
        assertThat(find(1L << 40)).isEqualTo(12);
        // A quarter of the free memory is left alone: six images fit, twelve do not.
        assertThat(find(estimate(6) * 4 / 3 + 1000)).isEqualTo(6);
        assertThat(find(estimate(4) * 4 / 3 + 1000)).isEqualTo(4);
    }

    @Test
    void saysWhatTakesLessWhereNothingFits() {
        assertThatThrownBy(() -> find(1000))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("train.batch_size", "train.checkpoint_activations", "engine.precision");
    }
}
