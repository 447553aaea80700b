package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.ConfigLoader;
import asl.config.FinetuneConfig;
import asl.config.RunConfig.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public MAE's checkpoint under a new head. */
@Tag("engine")
final class OpenedClassifierTest {
    @TempDir
    private Path folder;

    private Path mae;

    @BeforeEach
    void copyWeights() throws IOException {
        mae = folder.resolve("tiny_mae.pth");
        try (InputStream in = getClass().getResourceAsStream("/golden/tiny_mae.pth")) {
            Files.copy(Objects.requireNonNull(in), mae);
        }
    }

    private FinetuneConfig config(String... sets) {
        List<String> all = new ArrayList<>(List.of("weights=" + mae, "data.root=unused", "model.heads=2"));
        all.addAll(List.of(sets));
        return ConfigLoader.load(FinetuneConfig.class, FinetuneConfig.DEFAULTS, Optional.empty(), all)
                .config();
    }

    @Test
    void takesAllOfTheEncoderButItsNormAndSaysWhatIsNew() throws IOException {
        try (NDManager manager = NDManager.newBaseManager();
                OpenedClassifier opened = OpenedClassifier.toTrain(manager, config(), 7, Precision.FP32)) {
            int encoder = opened.classifier().weights().size() - 4;
            assertThat(opened.notes())
                    .singleElement()
                    .asString()
                    .contains(mae + ": matched " + encoder + "; dropped ")
                    .endsWith("; new 4: fc_norm.weight, fc_norm.bias, head.weight, head.bias");
            try (PretrainedWeights weights = PretrainedWeights.open(mae)) {
                assertThat(opened.choice().model()).isEqualTo(weights.complete(config().model()));
            }
        }
    }

    @Test
    void withTheClassTokenTheNormIsTakenToo() throws IOException {
        try (NDManager manager = NDManager.newBaseManager();
                OpenedClassifier opened =
                        OpenedClassifier.toTrain(manager, config("classifier.pool=cls"), 7, Precision.FP32)) {
            assertThat(opened.notes().get(0)).contains("; new 2: head.weight, head.bias");
        }
    }

    @Test
    void anotherSizeInterpolatesThePositions() throws IOException {
        try (NDManager manager = NDManager.newBaseManager();
                OpenedClassifier opened =
                        OpenedClassifier.toTrain(manager, config("model.image_size=64"), 7, Precision.FP32)) {
            assertThat(opened.notes()).anyMatch(note -> note.contains("interpolated 1: pos_embed "));
        }
    }

    @Test
    void refusesAnotherWidth() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatThrownBy(() -> OpenedClassifier.toTrain(
                            manager, config("model.width=768", "model.heads=12"), 7, Precision.FP32))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("model.width: 768, but " + mae + " has ");
        }
    }
}
