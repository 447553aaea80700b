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
import asl.method.PretrainMethod.Losses;
import asl.method.PretrainMethod.Part;
import asl.model.RandomMasking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backward pass in parts, and one with {@code train.checkpoint_activations}, gives the bits of one in one piece. */
@Tag("engine")
final class BackwardPassTest {
    private static final List<String> SIZES = List.of(
            "model.size=auto",
            "model.width=24",
            "model.heads=2",
            "model.depth=9",
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
        "method.branch=aee model.depth=4, 2, FP32",
        "method.branch=aee method.align_cls=true, 1, FP32",
        "method.branch=aee, 3, BF16",
    })
    void lossesAndGradientsAreThoseOfOnePass(String method, int depth, Precision precision) {
        List<String> sets = new ArrayList<>(SIZES);
        sets.addAll(List.of(method.split(" ")));
        sets.add("decoder.depth=" + depth);
        Passes plain = passes(sets, precision, BackwardPassTest::atOnce);
        assertEqual(passes(sets, precision, BackwardPassTest::inParts), plain);
        sets.add("train.checkpoint_activations=true");
        assertEqual(passes(sets, precision, BackwardPassTest::inParts), plain);
    }

    private static void assertEqual(Passes passes, Passes expected) {
        assertThat(passes.losses()).isEqualTo(expected.losses());
        assertThat(passes.gradients()).hasSameSizeAs(expected.gradients());
        for (int i = 0; i < expected.gradients().size(); i++) {
            assertThat(passes.gradients().get(i))
                    .as("gradient " + i)
                    .isEqualTo(expected.gradients().get(i));
        }
    }

    /** What a pass gave, on the host. */
    private record Passes(List<Float> losses, List<List<Float>> gradients) {}

    private interface Way {
        Losses go(DualBranch method, NDManager manager, Inputs inputs, List<NDArray> gradients);
    }

    private static Losses atOnce(DualBranch method, NDManager manager, Inputs inputs, List<NDArray> gradients) {
        Losses losses = method.forward(manager, inputs);
        NDArray loss = losses.loss();
        gradients.addAll(method.backToImages(
                manager, loss, loss.onesLike(), method.trained().size()));
        return losses;
    }

    private static Losses inParts(DualBranch method, NDManager manager, Inputs inputs, List<NDArray> gradients) {
        List<Part> expected = new ArrayList<>(method.parts());
        NDArray[] all = new NDArray[method.trained().size()];
        Losses losses = method.passes(manager, inputs, (part, own) -> {
            assertThat(part).isEqualTo(expected.remove(0));
            assertThat(own).hasSize(part.to() - part.from());
            for (int i = 0; i < own.size(); i++) {
                assertThat(all[part.from() + i]).isNull();
                all[part.from() + i] = own.get(i);
            }
        });
        assertThat(expected).isEmpty();
        gradients.addAll(List.of(all));
        return losses;
    }

    private static Passes passes(List<String> sets, Precision precision, Way way) {
        RunConfig config = ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), sets)
                .config();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                DualBranch method = new DualBranch(manager, config, precision)) {
            List<Long> samples = List.of(3L, 5L, 8L);
            NDArray images = manager.arange(3 * 3 * 16 * 16f).sin().reshape(3, 3, 16, 16);
            NDArray ids = manager.create(RandomMasking.draw(1, 2, 16, samples), new Shape(3, 16));
            List<NDArray> gradients = new ArrayList<>();
            Losses losses = way.go(method, manager, new Inputs(images, ids, 2, samples), gradients);
            return new Passes(
                    List.of(
                            losses.loss().getFloat(),
                            losses.lossMae().getFloat(),
                            losses.lossSem().getFloat()),
                    gradients.stream().map(BackwardPassTest::floats).toList());
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
