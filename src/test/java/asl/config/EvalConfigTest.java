package asl.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.SourceConfig;
import asl.config.RunConfig.VitSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvalConfigTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "probe.pools=[] | probe.pools: needs at least one of cls, avg",
                "probe.pools=[cls, CLS] | probe.pools: names one twice",
                "probe.pools=[max] | probe.pools[0]: expected cls, avg, not 'max'",
                "probe.holdout=1 | probe.holdout: must be at least 0 and less than 1, not 1.0",
                "optim.blrs=[] | optim.blrs: needs at least one rate, each over 0",
                "optim.blrs=[0.1, 0] | optim.blrs: needs at least one rate, each over 0",
                "optim.warmup_epochs=91 | optim.warmup_epochs: 91.0 is longer than the run (probe.epochs: 90); lower it too",
                "optim.trust=0 | optim.trust: must be over 0",
                "knn.temperature=0 | knn.temperature: must be over 0",
                "data.crop_pct=0 | data.crop_pct: must be over 0",
                "data.std=[0.5] | data.std: 1 values, but data.mean has 0",
                "model.patch_size=-1 | model.patch_size: must not be negative",
            })
    void aProbeNamesWhatMakesNoSense(String set, String problem) {
        assertThat(catchThrowableOfType(ConfigException.class, () -> linprobe(set))
                        .problems())
                .containsExactly("--set: " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "classifier.drop_path=1 | classifier.drop_path: must be at least 0 and less than 1, not 1.0",
                "classifier.layer_decay=0 | classifier.layer_decay: must be over 0; 1 turns it off",
                "classifier.layer_decay=1.1 | classifier.layer_decay: must be from 0 to 1, not 1.1",
                "weights=pixels model.image_size=32 model.channels=3 | weights: pixels have no encoder to fine-tune;"
                        + " random trains one from scratch",
                "augment.mixup=-1 | augment.mixup: must not be negative",
                "augment.switch_prob=2 | augment.switch_prob: must be from 0 to 1, not 2.0",
                "augment.erasing_mode=noise | augment.erasing_mode: expected const, rand, pixel, not 'noise'",
                "augment.erasing_count=0 | augment.erasing_count: must be over 0",
                "model.image_size=20 model.patch_size=16 | model.image_size: 20x20 does not divide into patches of 16 pixels",
            })
    void aFineTuningNamesWhatMakesNoSense(String sets, String problem) {
        assertThat(catchThrowableOfType(ConfigException.class, () -> finetune(sets.split(" ")))
                        .problems())
                .containsExactly("--set: " + problem);
    }

    @Test
    void randomWeightsNeedTheSizes() {
        assertThat(catchThrowableOfType(ConfigException.class, () -> finetune("weights=random", "model.size=tiny"))
                        .problems())
                .containsExactly(
                        "model.image_size: must be over 0",
                        "model.patch_size: must be over 0",
                        "model.channels: must be over 0");
    }

    @Test
    void pixelsNeedNoMoreThanTheSizeOfTheImage() {
        assertThat(catchThrowableOfType(ConfigException.class, () -> linprobe("weights=pixels"))
                        .problems())
                .containsExactly(
                        "model.image_size: needed with weights: pixels", "model.channels: needed with weights: pixels");
        assertThat(linprobe("weights=pixels", "model.image_size=28", "model.channels=1")
                        .weights())
                .isEqualTo(Weights.PIXELS);
    }

    @Test
    void weightsAreAPathOrRandomButNeverLeftOut() {
        assertThat(Weights.path("runs/a")).contains(Path.of("runs/a"));
        assertThat(Weights.path("random")).isEmpty();
        assertThat(Weights.path("pixels")).isEmpty();
        assertThatThrownBy(() -> Weights.path(linprobe().weights()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("weights: required");
    }

    @Test
    void theValidationPartLiesBesideTheTrainingPartUnlessToldOtherwise() {
        LabelledDataConfig data = linprobe("data.root=/in1k").data();
        assertThat(data.train()).isEqualTo(new SourceConfig(DataFormat.AUTO, "/in1k", "train", 0));
        assertThat(data.val()).isEqualTo(new SourceConfig(DataFormat.AUTO, "/in1k", "val", 0));
        assertThat(linprobe("data.root=/a", "data.val_root=/b").data().val().root())
                .isEqualTo("/b");
        assertThat(data.training().sources()).containsExactly(data.train());
        assertThatThrownBy(() -> linprobe().data().train())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("data.root: required");
    }

    @Test
    void openSizesComeFromTheCheckpoint() {
        ModelConfig trained = new ModelConfig(VitSize.BASE, 0, 0, 0, ImageSize.square(224), 16, 3);
        ModelConfig resolved =
                finetune("model.image_size=448", "model.depth=6").model().over(trained);
        assertThat(resolved).isEqualTo(new ModelConfig(VitSize.AUTO, 768, 6, 12, ImageSize.square(448), 16, 3));
    }

    private static LinprobeConfig linprobe(String... sets) {
        return ConfigLoader.load(LinprobeConfig.class, LinprobeConfig.DEFAULTS, Optional.empty(), List.of(sets))
                .config();
    }

    private static FinetuneConfig finetune(String... sets) {
        return ConfigLoader.load(FinetuneConfig.class, FinetuneConfig.DEFAULTS, Optional.empty(), List.of(sets))
                .config();
    }
}
