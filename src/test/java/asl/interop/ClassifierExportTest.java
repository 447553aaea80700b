package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import asl.golden.GoldenVectors;
import asl.interop.ExportModel.Heads;
import asl.interop.ExportModel.Pixels;
import asl.interop.WholeFiles.Existing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports of the classifiers of the reference vectors: on [cls], and on the mean patch token with fc_norm. */
final class ClassifierExportTest {
    private static final List<String> NAMES = List.of("ant", "bee", "cat", "dog", "eel", "fly", "gnu");

    @TempDir
    private Path folder;

    private Path export(String pool, ExportFormat format) throws IOException {
        String prefix = "w." + pool + ".";
        Path weights = folder.resolve(pool + ".safetensors");
        Files.deleteIfExists(weights);
        try (Safetensors golden = Safetensors.open(Fixtures.path("/golden/eval_tiny.safetensors"))) {
            List<TensorInfo> tensors = new ArrayList<>();
            golden.tensors().stream()
                    .filter(tensor -> tensor.name().startsWith(prefix))
                    .forEach(tensor -> tensors.add(
                            new TensorInfo(tensor.name().substring(prefix.length()), tensor.dtype(), tensor.shape())));
            Map<String, String> texts = Map.of("classes", String.join("\n", NAMES));
            Safetensors.write(weights, texts, tensors, tensor -> golden.data(prefix + tensor.name()));
        }
        Path target = folder.resolve("classifier_" + pool + format.ending());
        try (CanonicalWeights checkpoint = CheckpointReader.open(weights)) {
            ArchitectureGuess vit = checkpoint.architecture().orElseThrow();
            int side = vit.gridSide().orElseThrow() * vit.patchSize();
            Pixels pixels = new Pixels(List.of(side, side), List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
            new Exporter(
                            new ExportModel(checkpoint, new Heads(2, 0), pixels),
                            Contents.CLASSIFIER,
                            checkpoint.metadata())
                    .write(format, target, Existing.KEEP);
        }
        return target;
    }

    @ParameterizedTest
    @ValueSource(strings = {"cls", "pool"})
    @Tag("engine")
    void djlAndOnnxRuntimeGiveTheReferenceLogits(String pool) throws Exception {
        GoldenVectors golden = GoldenVectors.load("eval_tiny");
        float[] expected = golden.floats("out." + pool + ".logits");
        Criteria<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(export(pool, ExportFormat.TORCHSCRIPT))
                .optEngine("PyTorch")
                .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel();
                NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray images = golden.array(manager, "in.imgs");
            float[] logits = model.newPredictor()
                    .predict(new NDList(images))
                    .singletonOrThrow()
                    .toFloatArray();
            assertThat(logits).containsExactly(expected, within(1e-5f));
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(
                        export(pool, ExportFormat.ONNX).toString());
                OnnxTensor images = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(golden.floats("in.imgs")), new long[] {4, 3, 32, 32});
                OrtSession.Result result = session.run(Map.of("images", images))) {
            float[][] logits = (float[][]) result.get("logits").orElseThrow().getValue();
            for (int i = 0; i < expected.length; i++) {
                assertThat(logits[i / 7][i % 7]).isCloseTo(expected[i], within(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cls", "pool"})
    void torchReadsTheLabels(String pool) throws IOException {
        String script = """
                import sys, torch
                model = torch.jit.load(sys.argv[1])
                assert model(torch.zeros(3, 3, 32, 32)).shape == (3, 7)
                print(model.classes, sorted(n for n in model.state_dict() if not n.startswith("blocks")))
                """;
        assertThat(PythonPeer.run(script, export(pool, ExportFormat.TORCHSCRIPT)))
                .startsWith("['ant', 'bee', 'cat', 'dog', 'eel', 'fly', 'gnu']")
                .contains("'head.bias', 'head.weight'")
                .contains(pool.equals("cls") ? "'cls_token', 'head.bias'" : "'cls_token', 'fc_norm.bias'");
    }

    @Test
    void huggingFaceTakesTheOneOnCls() throws IOException {
        Path exported = export("cls", ExportFormat.HUGGING_FACE);
        JsonNode config =
                new ObjectMapper().readTree(exported.resolve("config.json").toFile());
        assertThat(config.at("/architectures/0").asText()).isEqualTo("ViTForImageClassification");
        assertThat(config.at("/id2label/1").asText()).isEqualTo("bee");
        assertThat(config.at("/label2id/bee").asInt()).isEqualTo(1);
        try (Safetensors weights = Safetensors.open(exported.resolve("model.safetensors"))) {
            assertThat(weights.tensors())
                    .extracting(TensorInfo::name)
                    .contains("classifier.weight", "vit.layernorm.weight", "vit.embeddings.cls_token");
        }
        assertThatThrownBy(() -> export("pool", ExportFormat.HUGGING_FACE))
                .hasMessageContaining("mean token")
                .hasMessageContaining("torchscript");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cls", "pool"})
    void weightsComeBackBitForBit(String pool) throws IOException {
        Path exported = export(pool, ExportFormat.PTH);
        try (CanonicalWeights before = CheckpointReader.open(folder.resolve(pool + ".safetensors"));
                CanonicalWeights after = CheckpointReader.open(exported)) {
            assertThat(after.tensors()).containsExactlyInAnyOrderElementsOf(before.tensors());
            for (TensorInfo tensor : before.tensors()) {
                assertThat(after.floats(tensor.name())).isEqualTo(before.floats(tensor.name()));
            }
            assertThat(ModelFacts.classes(after.metadata())).isEqualTo(NAMES);
        }
    }
}
