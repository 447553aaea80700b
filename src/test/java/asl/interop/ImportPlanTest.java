package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.interop.ImportPlan.Fate;
import asl.interop.ImportPlan.Grid;
import asl.interop.ImportPlan.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportPlanTest {
    @TempDir
    private Path folder;

    private static TensorInfo f32(String name, long... shape) {
        return new TensorInfo(name, DType.F32, shape);
    }

    private static final List<TensorInfo> ENCODER = List.of(
            f32("patch_embed.proj.weight", 2, 3, 1, 1),
            f32("pos_embed", 1, 5, 2),
            f32("cls_token", 1, 1, 2),
            f32("norm.weight", 2));

    /** A file whose weights all are 6, 12, 18 ... */
    private CanonicalWeights checkpoint(List<TensorInfo> tensors) throws IOException {
        Path file = folder.resolve("weights" + tensors.hashCode());
        Safetensors.write(file, Map.of(), tensors, ImportPlanTest::values);
        return CheckpointReader.open(file);
    }

    private static ByteBuffer values(TensorInfo tensor) {
        float[] values = new float[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 6 * (i + 1);
        }
        return FloatValues.bytes(values);
    }

    private static Target target(List<TensorInfo> tensors) {
        return target(tensors, Optional.empty());
    }

    /** Interpolated positions tell the grid that they were taken to be of. */
    private static Target target(List<TensorInfo> tensors, Optional<Grid> trained) {
        return new Target(
                tensors, new Grid(2, 3), trained, Set.of("head.weight", "head.bias"), (table, width, from, to) -> {
                    float[] marked = new float[(1 + to.height() * to.width()) * width];
                    Arrays.fill(marked, from.height() * 10 + from.width());
                    return marked;
                });
    }

    private static List<TensorInfo> with(List<TensorInfo> tensors, TensorInfo... more) {
        List<TensorInfo> all = new ArrayList<>(tensors);
        for (TensorInfo tensor : more) {
            all.removeIf(other -> other.name().equals(tensor.name()));
            all.add(tensor);
        }
        return all;
    }

    private static Map<String, float[]> load(ImportPlan plan) throws IOException {
        Map<String, float[]> loaded = new HashMap<>();
        plan.require(false).load(loaded::put);
        return loaded;
    }

    @Test
    void aMaeCheckpointLosesItsDecoderAndGetsAHead() throws IOException {
        List<TensorInfo> theirs = with(ENCODER, f32("mask_token", 1, 1, 2), f32("decoder_embed.weight", 2, 2));
        List<TensorInfo> ours = with(ENCODER, f32("head.weight", 7, 2), f32("head.bias", 7));
        try (CanonicalWeights checkpoint = checkpoint(theirs)) {
            ImportPlan plan = ImportPlan.of(checkpoint, target(ours));
            assertThat(plan.report())
                    .isEqualTo(Map.of(
                            Fate.MATCHED, ENCODER.stream().map(TensorInfo::name).toList(),
                            Fate.DROPPED, List.of("mask_token", "decoder_embed.weight"),
                            Fate.NEW, List.of("head.weight", "head.bias")));
            assertThat(load(plan)).containsOnlyKeys(plan.report().get(Fate.MATCHED));
            assertThat(plan.lines())
                    .containsExactly(
                            "matched 4",
                            "dropped 2: mask_token, decoder_embed.weight",
                            "new 2: head.weight, head.bias");
        }
    }

    @Test
    void positionsOfAnotherGridAreInterpolated() throws IOException {
        try (CanonicalWeights checkpoint = checkpoint(ENCODER)) {
            ImportPlan plan = ImportPlan.of(checkpoint, target(with(ENCODER, f32("pos_embed", 1, 7, 2))));
            assertThat(plan.report()).containsEntry(Fate.INTERPOLATED, List.of("pos_embed [1, 5, 2] -> [1, 7, 2]"));
            assertThat(load(plan).get("pos_embed")).hasSize(14).containsOnly(22);
        }
    }

    @Test
    void aGridThatIsToldCounts() throws IOException {
        List<TensorInfo> sixPatches = with(ENCODER, f32("pos_embed", 1, 7, 2));
        try (CanonicalWeights checkpoint = checkpoint(sixPatches)) {
            ImportPlan silent = ImportPlan.of(checkpoint, target(sixPatches));
            assertThat(silent.report()).containsOnlyKeys(Fate.MATCHED);
            ImportPlan told = ImportPlan.of(checkpoint, target(sixPatches, Optional.of(new Grid(3, 2))));
            assertThat(told.report()).containsKey(Fate.INTERPOLATED);
            assertThat(load(told).get("pos_embed")).hasSize(14).containsOnly(32);
        }
    }

    @Test
    void aHeadOfOtherClassesBeginsAnew() throws IOException {
        try (CanonicalWeights checkpoint = checkpoint(with(ENCODER, f32("head.weight", 1000, 2)))) {
            ImportPlan plan = ImportPlan.of(checkpoint, target(with(ENCODER, f32("head.weight", 7, 2))));
            assertThat(plan.report()).containsEntry(Fate.NEW, List.of("head.weight [1000, 2] -> [7, 2]"));
            assertThat(load(plan)).doesNotContainKey("head.weight");
        }
    }

    @Test
    void otherChannelsRepeatOrAverageTheOld() throws IOException {
        try (CanonicalWeights checkpoint = checkpoint(ENCODER)) { // two kernels: 6 12 18, 24 30 36
            List<TensorInfo> grey = with(ENCODER, f32("patch_embed.proj.weight", 2, 1, 1, 1));
            assertThat(load(ImportPlan.of(checkpoint, target(grey))).get("patch_embed.proj.weight"))
                    .containsExactly(36, 90);
            List<TensorInfo> four = with(ENCODER, f32("patch_embed.proj.weight", 2, 4, 1, 1));
            assertThat(load(ImportPlan.of(checkpoint, target(four))).get("patch_embed.proj.weight"))
                    .containsExactly(4.5f, 9, 13.5f, 4.5f, 18, 22.5f, 27, 18);
        }
    }

    @Test
    void anotherModelIsRefusedUnlessThatIsWanted() throws IOException {
        List<TensorInfo> theirs = with(ENCODER, f32("blocks.0.ls1.gamma", 2), f32("norm.weight", 3));
        try (CanonicalWeights checkpoint = checkpoint(theirs)) {
            ImportPlan plan = ImportPlan.of(checkpoint, target(ENCODER));
            assertThatThrownBy(() -> plan.require(false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("lacks 1 weights of the model (norm.weight [3] -> [2])")
                    .hasMessageContaining("blocks.0.ls1.gamma")
                    .hasMessageContaining("--allow-missing");
            Map<String, float[]> loaded = new HashMap<>();
            plan.require(true).load(loaded::put);
            assertThat(loaded).containsOnlyKeys("patch_embed.proj.weight", "pos_embed", "cls_token");
        }
    }

    @Test
    void anotherPatchSizeIsNoMatch() throws IOException {
        try (CanonicalWeights checkpoint = checkpoint(ENCODER)) {
            List<TensorInfo> ours = with(ENCODER, f32("patch_embed.proj.weight", 2, 3, 2, 2));
            assertThat(ImportPlan.of(checkpoint, target(ours)).report())
                    .containsEntry(Fate.MISSING, List.of("patch_embed.proj.weight [2, 3, 1, 1] -> [2, 3, 2, 2]"));
        }
    }
}
