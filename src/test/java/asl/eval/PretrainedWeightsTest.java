package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.ConfigException;
import asl.config.ImageSize;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.VitSize;
import asl.golden.GoldenVectors;
import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.VitWeights;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of file as {@code weights:} of an evaluation. */
final class PretrainedWeightsTest {
    @TempDir
    private Path folder;

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(PretrainedWeightsTest.class.getResource(name).toURI());
    }

    private static ModelConfig tiny(int height, int width, int channels) {
        return new ModelConfig(VitSize.AUTO, 24, 2, 2, new ImageSize(height, width), 8, channels);
    }

    private static Map<String, NDArray> encoder(NDManager manager, Path file) throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        try (CanonicalWeights weights = CheckpointReader.open(file)) {
            VitWeights.encoder(weights.architecture().orElseThrow())
                    .forEach(tensor -> arrays.put(
                            tensor.name(),
                            manager.zeros(new Shape(tensor.shape().stream()
                                    .mapToLong(size -> size)
                                    .toArray()))));
        }
        return arrays;
    }

    @Tag("engine")
    @ParameterizedTest
    @ValueSource(strings = {"/golden/tiny_mae.pth", "/interop/tiny_hugging_face.bin", "/interop/tiny_jax.npz"})
    void publicFilesFillAnEncoder(String name) throws Exception {
        GoldenVectors golden = GoldenVectors.load("tiny");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                PretrainedWeights weights = PretrainedWeights.open(resource(name))) {
            ModelConfig model = tiny(32, 32, 3);
            assertThat(weights.trainedWith().model().embedDim()).isEqualTo(24);
            Map<String, NDArray> arrays = encoder(manager, resource(name));
            List<String> lines = weights.fill(manager, arrays, model, Set.of());
            assertThat(lines).contains("matched " + arrays.size());
            arrays.forEach((tensor, array) ->
                    assertThat(array.toFloatArray()).as(tensor).isEqualTo(golden.floats("w." + tensor)));
        }
    }

    @Test
    @Tag("engine")
    void otherImagesAndANewHeadAreFitted() throws Exception {
        Path file = resource("/golden/tiny_mae.pth");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                PretrainedWeights weights = PretrainedWeights.open(file)) {
            Map<String, NDArray> arrays = encoder(manager, file);
            arrays.put("pos_embed", manager.zeros(new Shape(1, 33, 24)));
            arrays.put("patch_embed.proj.weight", manager.zeros(new Shape(24, 1, 8, 8)));
            arrays.put("head.weight", manager.ones(new Shape(10, 24)));
            assertThat(weights.fill(manager, arrays, tiny(32, 64, 1), Set.of("head.weight")))
                    .contains(
                            "interpolated 1: pos_embed [1, 17, 24] -> [1, 33, 24]",
                            "averaged 1: patch_embed.proj.weight [24, 3, 8, 8] -> [24, 1, 8, 8]",
                            "new 1: head.weight");
            assertThat(arrays.get("head.weight").toFloatArray()).containsOnly(1);
            assertThat(arrays.get("pos_embed").toFloatArray()).isNotEqualTo(new float[33 * 24]);
        }
    }

    @Test
    @Tag("engine")
    void whatIsNeededAndMissingIsNamed() throws Exception {
        Path file = resource("/golden/tiny_mae.pth");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                PretrainedWeights weights = PretrainedWeights.open(file)) {
            Map<String, NDArray> arrays = encoder(manager, file);
            arrays.put("blocks.7.norm1.weight", manager.zeros(new Shape(24)));
            assertThatThrownBy(() -> weights.fill(manager, arrays, tiny(32, 32, 3), Set.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "tiny_mae.pth: the checkpoint lacks 1 weights of the model (blocks.7.norm1.weight)")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void anotherModelIsAnErrorOfTheConfiguration() throws Exception {
        try (PretrainedWeights weights = PretrainedWeights.open(resource("/golden/tiny_mae.pth"))) {
            ModelConfig wider = new ModelConfig(VitSize.AUTO, 48, 2, 2, ImageSize.square(32), 8, 3);
            assertThatThrownBy(() -> weights.complete(wider))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("model.width: 48");
            assertThat(weights.complete(tiny(32, 64, 1)).channels()).isEqualTo(1);
        }
    }

    @Test
    void theFolderOfARunIsItsNewestCheckpoint() throws Exception {
        Path newest = Files.createDirectories(folder.resolve("checkpoints/step-2"));
        Files.createDirectories(folder.resolve("checkpoints/step-1"));
        Files.writeString(folder.resolve("checkpoints/latest"), "step-2\n");
        Files.copy(resource("/interop/tiny_hugging_face.bin"), newest.resolve("pytorch_model.bin"));
        try (PretrainedWeights weights = PretrainedWeights.open(folder)) {
            assertThat(weights.path()).isEqualTo(newest.resolve("pytorch_model.bin"));
        }
        assertThatThrownBy(() -> PretrainedWeights.open(folder.resolve("checkpoints/step-1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("step-1: a folder without model.safetensors");
        assertThatThrownBy(() -> PretrainedWeights.open(folder.resolve("none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no such file");
    }
}
