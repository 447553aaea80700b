package asl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import asl.config.ConfigLoader;
import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelSummaryTest {
    private static final String MAE = "method.branch=none method.align=none";
    private static final String GOLDEN = "model.width=24 model.depth=2 model.heads=2 model.image_size=32"
            + " model.patch_size=8 decoder.width=16 decoder.depth=2 decoder.heads=2";

    @Test
    void countsTheParametersOfViTBase() {
        ParameterCount count = summary("").parameters();
        // timm's vit_base_patch16_224 without its head and with its 197 x 768 positions: 85,798,656.
        assertThat(count.encoder() + 197 * 768).isEqualTo(85_798_656);
        assertThat(count.branch()).isEqualTo(7_087_872);
        assertThat(count.positions()).isEqualTo(197 * (768 + 512));
        assertThat(count.trainable()).isEqualTo(111_655_680 + 7_087_872);
    }

    @Test
    void countsTheParametersOfThePublicMaeModel() {
        ParameterCount count = summary(MAE).parameters();
        assertThat(count.branch()).isZero();
        assertThat(count.trainable() + count.positions()).isEqualTo(111_907_840);
    }

    @Test
    void countsTheParametersOfTheReferenceVectors() {
        // Sums over the arrays of the reference file.
        assertThat(summary(GOLDEN).parameters()).isEqualTo(new ParameterCount(19_560 - 408, 7_224, 10_544 - 272, 680));
    }

    @ParameterizedTest
    @CsvSource({
        "base,  none, 58.7,  1.00",
        "base,  aee,  93.1,  1.59",
        "base,  dle,  117.4, 2.00",
        "large, none, 124.5, 1.00",
        "large, aee,  160.6, 1.29",
        "large, dle,  249.1, 2.00",
        "huge model.patch_size=14, none, 291.4, 1.00",
        "huge model.patch_size=14, aee,  341.9, 1.17",
        "huge model.patch_size=14, dle,  582.7, 2.00",
    })
    void countsOperationsAsThePaperDoes(String size, String branch, double gigaFlops, double ratio) {
        String align = branch.equals("none") ? " method.align=none" : "";
        ModelSummary summary = summary("model.size=" + size + " method.branch=" + branch + align);
        assertThat(summary.plain().training() / 1e9).isCloseTo(gigaFlops, within(0.05));
        assertThat(summary.ratioToMae()).isCloseTo(ratio, within(0.005));
    }

    @Test
    void countsWhatTheSavingsLeave() {
        // Two images of 2 x 2 patches of 1 pixel, half visible; D = 4, decoder width 8, depth 3. Products by hand:
        RunConfig config = load("model.width=4 model.depth=1 model.heads=1 model.image_size=2 model.patch_size=1"
                + " model.channels=1 data.mean=[0] data.std=[1] decoder.width=8 decoder.depth=3 decoder.heads=1"
                + " method.mask_ratio=0.5");
        FlopCount flops = FlopCount.actual(config, 2);
        double encoderBlock = 2 * 3 * (4 * 12 + 4 * 4 + 4 * 16 + 16 * 4) + 4 * 3 * 3 * 4;
        double qkvOfSeen = 2 * 3 * 8 * 24;
        double afterAttention = 2 * 5 * (8 * 8 + 8 * 32 + 32 * 8);
        double first = qkvOfSeen + 4 * 5 * 5 * 8 + afterAttention;
        double middle = 2 * 5 * 8 * 24 + 4 * 5 * 5 * 8 + afterAttention;
        double last = 2 * 5 * 8 * 16 + 2 * 2 * 8 * 8 + 4 * 2 * 5 * 8 + 2 * 2 * (8 * 8 + 8 * 32 + 32 * 8);
        double decoder = 2 * 3 * 4 * 8 + first + middle + last + 2 * 2 * 8;
        double maskTokensQkv = 2 * 4 * 8 * 24 / 2.0;
        assertThat(flops.encoder()).isEqualTo(2 * 2 * 4 + encoderBlock);
        assertThat(flops.branch()).isEqualTo(encoderBlock);
        assertThat(flops.decoder()).isEqualTo(2 * decoder + maskTokensQkv);
    }

    @ParameterizedTest
    @CsvSource({"none", "dle", "aee"})
    void neverComputesMoreThanThePaperCounts(String branch) {
        String align = branch.equals("none") ? " method.align=none" : "";
        for (int depth = 1; depth <= 3; depth++) {
            ModelSummary summary = summary("method.branch=" + branch + align + " decoder.depth=" + depth);
            assertThat(summary.actual().training()).isLessThan(summary.plain().training());
        }
    }

    @Test
    void estimatesMemory() {
        RunConfig config = load("");
        MemoryEstimate fp32 = ModelSummary.of(config, Precision.FP32, 64).memory();
        MemoryEstimate bf16 = ModelSummary.of(config, Precision.BF16, 64).memory();
        MemoryEstimate recomputed = ModelSummary.of(load("train.checkpoint_activations=true"), Precision.FP32, 64)
                .memory();
        long trainable = 111_655_680 + 7_087_872;
        assertThat(fp32.weights()).isEqualTo(4 * (trainable + 252_160));
        assertThat(fp32.gradients()).isEqualTo(4 * trainable);
        assertThat(fp32.moments()).isEqualTo(8 * trainable);
        assertThat(bf16.activations()).isBetween(fp32.activations() / 2, fp32.activations() * 2 / 3);
        assertThat(recomputed.activations()).isLessThan(fp32.activations() / 5);
        assertThat(ModelSummary.of(config, Precision.FP32, 128).memory().activations())
                .isEqualTo(2 * fp32.activations());
    }

    @Test
    void readsWell() {
        RunConfig config = load("");
        assertThat(ModelSummary.of(config, Precision.AUTO, 64).lines(config))
                .startsWith(
                        "model        width 768, 12 blocks, 12 heads; 224x224 px in patches of 16: 196 patches, 49 visible",
                        "parameters   118.74 M: encoder 85.65 M, extra layer 7.09 M, decoder 26.01 M; and 0.25 M fixed"
                                + " positions",
                        "FLOPs        93.07 G per image, forward and backward: 1.59 x MAE (58.69 G), by plain count");
    }

    private static ModelSummary summary(String sets) {
        return ModelSummary.of(load(sets), Precision.FP32, 64);
    }

    private static RunConfig load(String sets) {
        List<String> pairs =
                Arrays.stream(sets.split(" ")).filter(pair -> !pair.isEmpty()).toList();
        return ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), pairs)
                .config();
    }
}
