package asl.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.config.Pool;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.config.RunConfig.VitSize;
import asl.data.augment.Mixup;
import asl.golden.GoldenVectors;
import asl.ops.ClassifierKernels.Normalization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the reference classifier; {@code asl.golden.eval_tiny.heads} tells the heads of other vectors. */
@Tag("engine")
class ClassifierKernelsTest {
    private static final int HEADS = Integer.getInteger("asl.golden.eval_tiny.heads", 2);
    private static final List<Double> ZEROS = List.of(0.0, 0.0, 0.0);
    private static final List<Double> ONES = List.of(1.0, 1.0, 1.0);

    @ParameterizedTest
    @EnumSource(Pool.class)
    void logitsLossAndGradientsAgreeWithTheReference(Pool pool) throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        String name = pool == Pool.CLS ? "cls" : "pool";
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager, golden, name)) {
            List<String> names = names(golden, name);
            NDList parameters = parameters(manager, golden, name);
            NDArray images = golden.array(manager, "in.imgs");
            NDArray targets = targets(manager, golden, name);
            int rows = 2 * (names.size() - 8) / 12;
            for (NDArray drop : List.of(kernels.noDrop(), manager.ones(new Shape(rows, images.size(0))))) {
                ClassifierKernels.Gradients step =
                        kernels.train(manager, pool, new ClassifierKernels.Pass(images, drop, parameters), targets);
                agrees(step.loss(), golden, "out." + name + ".smoothed_loss", 1e-5);
                agrees(step.logits(), golden, "out." + name + ".logits", 1e-5);
                for (int i = 0; i < names.size(); i++) {
                    agrees(step.parameters().get(i), golden, "grad." + name + "." + names.get(i), 1e-4);
                }
            }
            agrees(kernels.logits(manager, pool, images, parameters), golden, "out." + name + ".logits", 1e-5);
        }
    }

    /** Blocks that run again in the backward pass give every bit of those that were kept, at any depth that is dropped. */
    @ParameterizedTest
    @EnumSource(Pool.class)
    void recomputationChangesNothing(Pool pool) throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        String name = pool == Pool.CLS ? "cls" : "pool";
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager, golden, name)) {
            NDList parameters = parameters(manager, golden, name);
            NDArray images = golden.array(manager, "in.imgs");
            NDArray targets = targets(manager, golden, name);
            int rows = 2 * (parameters.size() - 8) / 12;
            NDArray scales = manager.arange((float) (rows * images.size(0))).reshape(rows, images.size(0));
            for (NDArray drop : List.of(kernels.noDrop(), scales.sin())) {
                ClassifierKernels.Pass pass = new ClassifierKernels.Pass(images, drop, parameters);
                ClassifierKernels.Gradients kept = kernels.train(manager, pool, pass, targets);
                ClassifierKernels.Gradients again = kernels.trainRecomputed(manager, pool, pass, targets);
                assertThat(again.loss().getFloat()).isEqualTo(kept.loss().getFloat());
                assertThat(again.logits().toFloatArray())
                        .isEqualTo(kept.logits().toFloatArray());
                assertThat(again.parameters()).hasSameSizeAs(kept.parameters());
                for (int i = 0; i < parameters.size(); i++) {
                    assertThat(again.parameters().get(i).toFloatArray())
                            .as("gradient " + i)
                            .isEqualTo(kept.parameters().get(i).toFloatArray());
                }
            }
        }
    }

    @Test
    void frozenFeaturesAgreeWithTheReference() throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager, golden, "cls")) {
            NDList all = parameters(manager, golden, "cls");
            NDList encoder = all.subNDList(0, all.size() - 2);
            NDArray images = golden.array(manager, "in.imgs");
            NDArray features = kernels.features(manager, images, encoder);
            agrees(features.get(0), golden, "out.cls.features", 1e-5);
            NDArray tokens = kernels.tokens(manager, images, encoder);
            agrees(tokens.get(new NDIndex(":, 0")), golden, "out.cls.features", 1e-5);
        }
    }

    /** With the weights of fc_norm at 1 and 0 the two are the same. */
    @Test
    void pooledFeaturesAreThoseOfAnUntrainedNorm() throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager, golden, "pool")) {
            NDList p = parameters(manager, golden, "pool");
            int width = (int) p.get(0).getShape().get(2);
            p.set(p.size() - 4, manager.ones(new Shape(width)));
            p.set(p.size() - 3, manager.zeros(new Shape(width)));
            p.set(p.size() - 2, manager.eye(width));
            p.set(p.size() - 1, manager.zeros(new Shape(width)));
            NDArray images = golden.array(manager, "in.imgs");
            NDArray expected = kernels.logits(manager, Pool.AVG, images, p);
            NDArray features = kernels.features(manager, images, p.subNDList(0, p.size() - 2));
            assertThat(GoldenVectors.difference(features.get(1).toFloatArray(), expected.toFloatArray()))
                    .isLessThan(1e-5);
        }
    }

    /** By the definition: the mean of all cosines of two different patch tokens. */
    @Test
    void similaritiesAreMeanCosines() throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager, golden, "cls")) {
            NDList all = parameters(manager, golden, "cls");
            NDList encoder = all.subNDList(0, all.size() - 2);
            NDArray images = golden.array(manager, "in.imgs");
            NDArray similarities = kernels.similarities(manager, images, encoder);
            NDArray maps = kernels.similarityMaps(manager, images, 5, encoder);
            int layers = (encoder.size() - 6) / 12 + 2;
            assertThat(similarities.getShape()).isEqualTo(new Shape(layers, images.size(0)));

            NDArray patches = kernels.tokens(manager, images, encoder).get(new NDIndex(":, 1:"));
            NDArray unit = patches.div(patches.norm(new int[] {2}, true));
            NDArray cosines = unit.matMul(unit.transpose(0, 2, 1)); // [B, N, N]
            int n = (int) patches.size(1);
            float[] expected =
                    cosines.sum(new int[] {1, 2}).sub(n).div(n * (n - 1.0)).toFloatArray();
            assertThat(GoldenVectors.difference(similarities.get(layers - 1).toFloatArray(), expected))
                    .isLessThan(1e-5);
            assertThat(GoldenVectors.difference(
                            maps.get(layers - 1).toFloatArray(),
                            cosines.get(new NDIndex(":, 5")).toFloatArray()))
                    .isLessThan(1e-5);
        }
    }

    /** A dropped branch adds nothing, so that with all of them dropped only embedding, norm and head are left. */
    @Test
    void droppedBlocksPassTheirInputOn() throws IOException {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = kernels(manager, golden, "cls")) {
            NDList p = parameters(manager, golden, "cls");
            NDArray images = golden.array(manager, "in.imgs");
            NDArray targets = targets(manager, golden, "cls");
            int rows = 2 * (p.size() - 8) / 12;
            NDArray dropped = kernels.train(
                            manager,
                            Pool.CLS,
                            new ClassifierKernels.Pass(images, manager.zeros(new Shape(rows, images.size(0))), p),
                            targets)
                    .logits();
            NDList noBlocks = new NDList(p.subNDList(0, 4));
            noBlocks.addAll(p.subNDList(p.size() - 4));
            NDArray expected = kernels.logits(manager, Pool.CLS, images, noBlocks);
            assertThat(GoldenVectors.difference(dropped.toFloatArray(), expected.toFloatArray()))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void batchesAreNormalisedErasedAndMixed() {
        try (NDManager manager = NDManager.newBaseManager();
                ClassifierKernels kernels = new ClassifierKernels(
                        manager,
                        new ModelConfig(VitSize.TINY, 24, 1, HEADS, ImageSize.square(4), 4, 3),
                        new Normalization(List.of(0.5, 0.4, 0.3), List.of(0.2, 0.25, 0.5)),
                        Precision.FP32)) {
            byte[] bytes = new byte[2 * 4 * 4 * 3];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i * 5);
            }
            NDArray raw = manager.create(ByteBuffer.wrap(bytes), new Shape(2, 4, 4, 3), DataType.UINT8);
            NDArray images = kernels.normalize(manager, raw);
            float[] values = images.toFloatArray();
            int at = ((1 * 4 + 2) * 4 + 3) * 3 + 1; // image 1, row 2, column 3, green
            float expected = ((bytes[at] & 0xff) / 255f - 0.4f) / 0.25f;
            assertThat(values[((1 * 3 + 1) * 4 + 2) * 4 + 3]).isEqualTo(expected);

            NDArray mask = manager.zeros(new Shape(2, 1, 4, 4), DataType.UINT8);
            mask.set(new NDIndex("1, 0, 1:3, 2:4"), 1);
            float[] erased = kernels.erase(
                            manager, images, mask, images.onesLike().mul(9))
                    .toFloatArray();
            int nines = 0;
            for (int i = 0; i < erased.length; i++) {
                nines += erased[i] == 9 ? 1 : 0;
                assertThat(erased[i] == 9 || erased[i] == values[i]).isTrue();
            }
            assertThat(nines).isEqualTo(2 * 2 * 3);

            NDArray own = manager.ones(new Shape(4, 4));
            own.set(new NDIndex("0, :"), 0.25f);
            float[] mixed = kernels.mix(manager, images, own).toFloatArray();
            assertThat(mixed[0]).isEqualTo(0.25f * values[0] + 0.75f * values[48]);
            assertThat(mixed[5]).isEqualTo(values[5]);
        }
    }

    private static ClassifierKernels kernels(NDManager manager, GoldenVectors golden, String name) {
        Shape projection = golden.shape("w." + name + ".patch_embed.proj.weight");
        Shape positions = golden.shape("w." + name + ".pos_embed");
        int grid = (int) Math.sqrt((double) positions.get(1) - 1);
        ModelConfig model = new ModelConfig(
                VitSize.TINY,
                (int) positions.get(2),
                1,
                HEADS,
                ImageSize.square(grid * (int) projection.get(2)),
                (int) projection.get(2),
                (int) projection.get(1));
        return new ClassifierKernels(manager, model, new Normalization(ZEROS, ONES), Precision.FP32);
    }

    private static NDArray targets(NDManager manager, GoldenVectors golden, String name) {
        int classes = (int) golden.shape("w." + name + ".head.bias").get(0);
        int[] labels = golden.ints("in.labels");
        return manager.create(Mixup.off(0.1).targets(labels, classes, 1), new Shape(labels.length, classes));
    }

    private static NDList parameters(NDManager manager, GoldenVectors golden, String name) {
        NDList parameters = new NDList();
        for (String parameter : names(golden, name)) {
            NDArray array = golden.array(manager, "w." + name + "." + parameter);
            array.setRequiresGradient(true);
            parameters.add(array);
        }
        return parameters;
    }

    private static List<String> names(GoldenVectors golden, String name) {
        List<String> names =
                new ArrayList<>(List.of("cls_token", "pos_embed", "patch_embed.proj.weight", "patch_embed.proj.bias"));
        String norm = name.equals("cls") ? "norm" : "fc_norm";
        List<String> all = golden.names("w." + name + ".");
        for (int i = 0; all.contains("blocks." + i + ".norm1.weight"); i++) {
            for (String part : List.of("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2")) {
                names.add("blocks." + i + "." + part + ".weight");
                names.add("blocks." + i + "." + part + ".bias");
            }
        }
        for (String part : List.of(norm, "head")) {
            names.add(part + ".weight");
            names.add(part + ".bias");
        }
        assertThat(names).containsExactlyInAnyOrderElementsOf(all);
        return names;
    }

    private static void agrees(NDArray actual, GoldenVectors golden, String name, double tolerance) {
        assertThat(GoldenVectors.difference(actual.toFloatArray(), golden.floats(name)))
                .as(name)
                .isLessThan(tolerance);
    }
}
