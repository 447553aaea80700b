package asl.method;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.ConfigLoader;
import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import asl.method.PretrainMethod.Inputs;
import asl.model.RandomMasking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train.checkpoint_activations} trades time for memory and nothing else. */
@Tag("engine")
final class RecomputationTest {
    private static final List<String> SIZES = List.of(
            "model.size=auto",
            "model.width=24",
            "model.heads=2",
            "model.depth=3",
            "model.image_size=16",
            "model.patch_size=4",
            "decoder.width=16",
            "decoder.heads=2");

    @ParameterizedTest
    @CsvSource({
        "method.branch=none method.align=none, 1, FP32",
        "method.branch=none method.align=none, 2, FP32",
        "method.branch=none method.align=none, 4, BF16",
        "method.branch=dle, 3, FP32",
        "method.branch=dle method.align=cosine, 1, FP32",
        "method.branch=aee, 3, FP32",
        "method.branch=aee method.align_cls=true, 1, FP32",
        "method.branch=aee, 3, BF16",
    })
    void lossesAndGradientsAreThoseWithoutIt(String method, int depth, Precision precision) {
        List<String> sets = new ArrayList<>(SIZES);
        sets.addAll(List.of(method.split(" ")));
        sets.add("decoder.depth=" + depth);
        Passes plain = passes(sets, precision);
        sets.add("train.checkpoint_activations=true");
        Passes recomputed = passes(sets, precision);
        assertThat(recomputed.losses()).isEqualTo(plain.losses());
        assertThat(recomputed.gradients()).hasSameSizeAs(plain.gradients());
        for (int i = 0; i < plain.gradients().size(); i++) {
            assertThat(recomputed.gradients().get(i))
                    .as("gradient " + i)
                    .isEqualTo(plain.gradients().get(i));
        }
    }

    /** What a pass gave, on the host. */
    private record Passes(List<Float> losses, List<List<Float>> gradients) {}

    private static Passes passes(List<String> sets, Precision precision) {
        RunConfig config = ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), sets)
                .config();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                DualBranch method = new DualBranch(manager, config, precision)) {
            List<Long> samples = List.of(3L, 5L, 8L);
            NDArray images = manager.arange(3 * 3 * 16 * 16f).sin().reshape(3, 3, 16, 16);
            NDArray ids = manager.create(RandomMasking.draw(1, 2, 16, samples), new Shape(3, 16));
            PretrainMethod.Passes passes = method.passes(manager, new Inputs(images, ids, 2, samples));
            PretrainMethod.Losses losses = passes.losses();
            return new Passes(
                    List.of(
                            losses.loss().getFloat(),
                            losses.lossMae().getFloat(),
                            losses.lossSem().getFloat()),
                    passes.gradients().stream().map(RecomputationTest::floats).toList());
        }
    }

    private static List<Float> floats(NDArray array) {
        List<Float> floats = new ArrayList<>();
        for (float value : array.toFloatArray()) {
            floats.add(value);
        }
        return floats;
    }
}
