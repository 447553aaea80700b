package asl.method;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.ConfigLoader;
import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.Precision;
import asl.golden.GoldenVectors;
import asl.golden.ReferenceConfig;
import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.method.PretrainMethod.Inputs;
import asl.method.PretrainMethod.Losses;
import asl.model.RandomMasking;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every output, loss and gradient of the reference vectors, and five AdamW steps. The sizes come from the vectors' own
 * metadata, so that a set of other sizes runs through the same test ({@code -Dasl.golden.tiny=PATH}).
 */
@Tag("engine")
final class ReferenceTest {
    private static final double TOLERANCE = 1e-5;
    private static final double GRADIENT_TOLERANCE = 1e-4;

    private GoldenVectors golden;
    private NDManager manager;

    @BeforeEach
    void open() throws IOException {
        golden = GoldenVectors.load("tiny");
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mae", "aee", "aee_original", "aee_cosine", "aee_noalign", "dle"})
    void lossesPredictionsAndGradients(String name) {
        RunConfig config = config(name);
        try (DualBranch method = load(config, "w.")) {
            Inputs inputs = inputs();
            NDArray features = features(method, config, inputs);
            Losses losses =
                    method.losses(manager, method.decode(manager, features, inputs.ids()), inputs, new NDList());

            assertClose(losses.loss(), "out." + name + ".loss", TOLERANCE);
            assertClose(losses.lossMae(), "out." + name + ".reconstruction", TOLERANCE);
            if (golden.names("out." + name + ".").contains("alignment")) {
                double expected = golden.floats("out." + name + ".alignment")[0];
                assertThat((double) losses.lossSem().getFloat()).isCloseTo(expected, within(expected));
            }
            assertPredictions(method, config, features, inputs, name);

            NDList gradients = method.backToImages(
                    manager,
                    losses.loss(),
                    losses.loss().onesLike(),
                    method.trained().size());
            List<String> names = new ArrayList<>(method.trained().keySet());
            assertThat(names).containsAll(present(golden.names("grad." + name + "."), config));
            for (int i = 0; i < names.size(); i++) {
                assertClose(gradients.get(i), "grad." + name + "." + names.get(i), GRADIENT_TOLERANCE);
            }
        }
    }

    /** The vectors hold gradients (zeros) of the extra layer for the cases without it, too. */
    private static List<String> present(List<String> names, RunConfig config) {
        return names.stream()
                .filter(name -> config.method().branch() == Branch.AEE || !name.startsWith("aee_block."))
                .filter(name -> !name.endsWith("pos_embed"))
                .toList();
    }

    private void assertPredictions(DualBranch method, RunConfig config, NDArray features, Inputs inputs, String name) {
        NDArray all = method.decodeAll(manager, features, inputs.ids());
        long batch = inputs.images().getShape().get(0);
        assertClose(all.get("0:" + batch), "out." + name + ".pred_original", TOLERANCE);
        if (config.method().branch() != Branch.NONE) {
            assertClose(all.get(batch + ":"), "out." + name + ".pred_augmented", TOLERANCE);
        }
    }

    @Test
    void latentAndMask() {
        RunConfig config = config("mae");
        try (DualBranch method = load(config, "w.")) {
            Inputs inputs = inputs();
            assertClose(method.trail(manager, inputs).head(), "out.latent", TOLERANCE);
            float[] mask = RandomMasking.mask(
                    inputs.ids().toLongArray(), config.model().patches(), config.visiblePatches());
            assertThat(mask).containsExactly(golden.floats("out.mask"));
        }
    }

    /** MAE's own checkpoint, opened as any public one is, gives the outputs of the vectors' weights bit for bit. */
    @Test
    void thePublicCheckpointGivesTheSameOutputs() throws Exception {
        RunConfig config = config("mae");
        Path file =
                Path.of(ReferenceTest.class.getResource("/golden/tiny_mae.pth").toURI());
        try (DualBranch expected = load(config, "w.");
                DualBranch imported = new DualBranch(manager, config, Precision.FP32);
                CanonicalWeights checkpoint = CheckpointReader.open(file)) {
            for (Map.Entry<String, NDArray> weight : imported.weights().entrySet()) {
                NDArray array = weight.getValue();
                manager.create(checkpoint.floats(weight.getKey()), array.getShape())
                        .copyTo(array);
            }
            Inputs inputs = inputs();
            List<NDArray> outputs = new ArrayList<>();
            for (DualBranch method : List.of(expected, imported)) {
                NDArray features = method.trail(manager, inputs).head();
                outputs.add(features);
                outputs.add(method.decodeAll(manager, features, inputs.ids()));
                outputs.add(method.losses(manager, method.decode(manager, features, inputs.ids()), inputs, new NDList())
                        .loss());
            }
            for (int i = 0; i < 3; i++) {
                assertThat(outputs.get(3 + i).toFloatArray())
                        .containsExactly(outputs.get(i).toFloatArray());
            }
        }
    }

    /** The last decoder block at the masked tokens alone, the first one's mask tokens once per position: exact. */
    @Test
    void savingsInTheDecoderChangeNothing() {
        RunConfig config = config("aee");
        try (DualBranch method = load(config, "w.")) {
            Inputs inputs = inputs();
            NDArray features = method.trail(manager, inputs).head();
            NDArray masked = method.decode(manager, features, inputs.ids()); // [2B, M, P]
            NDArray all = method.decodeAll(manager, features, inputs.ids()); // [2B, N, P]
            int patches = config.model().patches();
            int visible = config.visiblePatches();
            long[] ids = inputs.ids().toLongArray();
            long batch = inputs.images().getShape().get(0);
            for (long b = 0; b < 2 * batch; b++) {
                for (int i = visible; i < patches; i++) {
                    long patch = ids[(int) (b % batch) * patches + i];
                    assertThat(GoldenVectors.difference(
                                    masked.get(b, i - visible).toFloatArray(),
                                    all.get(b, patch).toFloatArray()))
                            .isLessThan(1e-5);
                }
            }
        }
    }

    private NDArray features(DualBranch method, RunConfig config, Inputs inputs) {
        if (config.method().branch() != Branch.DLE) {
            return method.trail(manager, inputs).head();
        }
        NDArray keep = inputs.ids().get(":, 0:" + config.visiblePatches()); // [B, V]
        NDArray index = keep.expandDims(-1)
                .broadcast(
                        keep.getShape().get(0),
                        keep.getShape().get(1),
                        config.model().embedDim());
        NDArray drop = golden.array(manager, "in.drop_original")
                .gather(index, 1)
                .concat(golden.array(manager, "in.drop_augmented").gather(index, 1), 0);
        return method.encodeDle(manager, inputs, drop).head();
    }

    private Inputs inputs() {
        int patches = Math.toIntExact(golden.shape("in.noise").get(1));
        long[] ids = RandomMasking.sorting(golden.floats("in.noise"), patches);
        return new Inputs(
                golden.array(manager, "in.imgs"),
                manager.create(ids, new Shape(golden.shape("in.noise").get(0), patches)),
                0,
                List.of());
    }

    private DualBranch load(RunConfig config, String prefix) {
        DualBranch method = new DualBranch(manager, config, Precision.FP32);
        for (Map.Entry<String, NDArray> weight : method.weights().entrySet()) {
            golden.array(manager, prefix + weight.getKey()).copyTo(weight.getValue());
        }
        return method;
    }

    private RunConfig config(String name) {
        return ConfigLoader.load(
                        RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), ReferenceConfig.sets(golden, name))
                .config();
    }

    private void assertClose(NDArray actual, String name, double tolerance) {
        float[] expected = golden.floats(name);
        float[] values = actual.toFloatArray();
        if (Arrays.equals(expected, new float[expected.length])) {
            assertThat(values).as(name).containsOnly(0);
            return;
        }
        assertThat(GoldenVectors.difference(values, expected)).as(name).isLessThan(tolerance);
    }

    private static Offset<Double> within(double expected) {
        return Offset.offset(TOLERANCE * Math.abs(expected) + 1e-12);
    }
}
