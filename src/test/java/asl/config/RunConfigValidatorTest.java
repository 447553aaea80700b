package asl.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RunConfigValidatorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "output_dir= | output_dir: required",
                "model.heads=5 | model.heads: 5 heads do not divide the width of 768",
                "model.width=126 model.heads=6 | model.width: 126 is no multiple of 4, as sine-cosine positions need",
                "model.image_size=220 | model.image_size: 220x220 does not divide into patches of 16 pixels",
                "model.image_size=[224, 100] | model.image_size: 224x100 does not divide into patches of 16 pixels",
                "model.image_size=[0, 224] | model.image_size: must be over 0",
                "model.patch_size=0 | model.patch_size: must be over 0",
                "decoder.heads=5 | decoder.heads: 5 heads do not divide the width of 512",
                "decoder.depth=0 | decoder.depth: must be over 0",
                "method.mask_ratio=0 | method.mask_ratio: must be over 0 and less than 1, not 0.0",
                "method.mask_ratio=1 | method.mask_ratio: must be over 0 and less than 1, not 1.0",
                "method.mask_ratio=0.999 | method.mask_ratio: 0 of 196 patches would stay visible; at least one must stay"
                        + " and one go",
                "method.branch=none | method.align: there is nothing to align with branch: none; set align: none as well,"
                        + " or a branch of dle or aee",
                "method.align=none method.reconstruct=original | method.reconstruct: the second branch would not be used;"
                        + " set reconstruct: both, an align, or branch: none",
                "method.align=none method.align_cls=true | method.align_cls: needs an align other than none",
                "method.mae_weight=0 method.sem_weight=0 | method.mae_weight: nothing to learn: both losses have no weight",
                "method.sem_weight=-1 | method.sem_weight: must not be negative",
                "method.dropout=1 | method.dropout: must be at least 0 and less than 1, not 1.0",
                "data.mean=[0.5] data.std=[0.5] | data.mean: 1 values, but model.channels is 3",
                "data.std=[1, 1, 0] | data.std: every value must be over 0",
                "data.std=[1, 1] | data.std: 2 values, but data.mean has 3",
                "data.crop_scale_max=1.5 | data.crop_scale_max: must not be over 1",
                "data.crop_scale_min=0 | data.crop_scale_min: must be over 0, not 0.0",
                "data.crop_ratio_max=0.5 | data.crop_ratio_max: 0.5 is less than data.crop_ratio_min, 0.75",
                "data.hflip=1.1 | data.hflip: must be from 0 to 1, not 1.1",
                "data.prefetch=0 | data.prefetch: must be over 0",
                "data.root=/a data.mix=[{root: /b}] | data.mix: give either data.root or data.mix, not both",
                "data.mix=[{root: /a, weight: 1}, {root: /b}] | data.mix: give every source a weight, or none (by size)",
                "data.mix=[{format: coco}] | data.mix[0].root: required",
                "train.epochs=0 optim.warmup_epochs=0 | train.epochs: must be over 0 unless train.steps is",
                "train.epochs=5 | optim.warmup_epochs: 40.0 is longer than the run (train.epochs: 5); lower it too",
                "train.batch_size=-1 | train.batch_size: must not be negative",
                "train.accum_iter=0 | train.accum_iter: must be over 0",
                "train.batch_size=auto | train.effective_batch: needed where train.batch_size is auto: the images per step, from"
                        + " which accum_iter follows",
                "train.effective_batch=512 | train.effective_batch: goes with train.batch_size: auto alone; else it is"
                        + " batch_size x accum_iter x processes",
                "train.batch_size=auto train.effective_batch=512 train.accum_iter=2 | train.accum_iter: follows from"
                        + " train.effective_batch here",
                "optim.blr=0 | optim.blr: must be over 0 unless optim.lr is",
                "optim.beta2=1 | optim.beta2: must be at least 0 and less than 1, not 1.0",
                "optim.eps=0 | optim.eps: must be over 0",
                "online_eval.every_epochs=5 | online_eval.root: required unless every_epochs is 0",
                "online_eval.k=0 | online_eval.k: must be over 0",
                "checkpoint.keep_last=0 | checkpoint.keep_last: must be over 0",
                "log.every_steps=0 | log.every_steps: must be over 0",
                "log.images=0 | log.images: must be over 0",
                "dist.timeout_minutes=0 | dist.timeout_minutes: must be over 0",
                "dist.check_every_steps=-1 | dist.check_every_steps: must not be negative",
                "engine.device=cuda:0 | engine.device: expected auto, cpu, gpu or gpu0, gpu1, ..., not 'cuda:0'",
            })
    void namesWhatMakesNoSense(String sets, String problem) {
        assertThat(problems(sets)).singleElement().asString().endsWith(problem);
    }

    @Test
    void reportsAllProblemsTogether() {
        assertThat(problems("model.heads=5 method.mask_ratio=2 optim.beta1=-1 data.hflip=3 engine.threads=-2"))
                .containsExactlyInAnyOrder(
                        "--set: model.heads: 5 heads do not divide the width of 768",
                        "--set: method.mask_ratio: must be over 0 and less than 1, not 2.0",
                        "--set: optim.beta1: must be at least 0 and less than 1, not -1.0",
                        "--set: data.hflip: must be from 0 to 1, not 3.0",
                        "--set: engine.threads: must not be negative");
    }

    @Test
    void anUnnamedSizeNeedsItsThreeNumbers() {
        assertThat(problems("model.size=auto"))
                .containsExactly(
                        "model.width: needed where model.size is auto",
                        "model.depth: needed where model.size is auto",
                        "model.heads: needed where model.size is auto");
        assertThat(load("model.size=auto model.width=96 model.depth=2 model.heads=3")
                        .model()
                        .embedDim())
                .isEqualTo(96);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "method.branch=none method.align=none",
                "method.branch=dle method.align=none",
                "method.align=none",
                "method.align=cosine method.reconstruct=original",
                "model.channels=1 data.mean=[0.5] data.std=[0.5]",
                "model.image_size=[192, 256] model.patch_size=8",
                "train.steps=10 train.epochs=0",
                "optim.blr=0 optim.lr=1e-3",
                "engine.device=gpu1",
                "data.mix=[{root: /a, weight: 1}, {root: /b, weight: 2}]",
            })
    void takesWhatMakesSense(String sets) {
        assertThat(load(sets)).isNotNull();
    }

    @Test
    void readsTheMixOrTheOneSource() {
        assertThat(load("data.root=/a").data().sources())
                .singleElement()
                .matches(source -> source.root().equals("/a"));
        assertThat(load("data.mix=[{root: /a}, {root: /b}]").data().sources()).hasSize(2);
        assertThatThrownBy(() -> load("").data().sources())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("data.root: required");
    }

    @ParameterizedTest
    @CsvSource({"0.75, 49", "0.5, 98", "0.6, 78", "0.99, 1"})
    void visiblePatchesAreRoundedDownAsMaeDoes(double maskRatio, int visible) {
        assertThat(load("method.mask_ratio=" + maskRatio).visiblePatches()).isEqualTo(visible);
    }

    private static List<String> problems(String sets) {
        return catchThrowableOfType(ConfigException.class, () -> load(sets)).problems();
    }

    /** Loads the defaults with space-separated pairs; a space within brackets separates nothing. */
    private static RunConfig load(String sets) {
        List<String> pairs = Arrays.stream(sets.split(" (?=[a-z0-9_.]+=)"))
                .filter(pair -> !pair.isEmpty())
                .toList();
        return ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), pairs)
                .config();
    }
}
