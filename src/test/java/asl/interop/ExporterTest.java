package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import asl.interop.ExportModel.Heads;
import asl.interop.ExportModel.Pixels;
import asl.interop.WholeFiles.Existing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExporterTest {
    private static final Path REFERENCE = Fixtures.path("/golden/tiny_mae.pth");
    private static final Pixels PIXELS =
            new Pixels(List.of(32, 32), List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
    /** The encoder on the unmasked reference images, in plain operators. */
    private static final String ENCODE = """
            import sys, torch
            import torch.nn.functional as F
            w = torch.load(sys.argv[1])["model"]
            x = torch.arange(2 * 3 * 32 * 32.).sin().reshape(2, 3, 32, 32)
            y = F.conv2d(x, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=8).flatten(2).transpose(1, 2)
            y = torch.cat([w["cls_token"].expand(2, -1, -1), y], 1) + w["pos_embed"]
            norm = lambda y, n: F.layer_norm(y, (24,), w[n + ".weight"], w[n + ".bias"], 1e-6)
            linear = lambda y, n: F.linear(y, w[n + ".weight"], w[n + ".bias"])
            for i in range(2):
                b = "blocks.%d." % i
                q, k, v = linear(norm(y, b + "norm1"), b + "attn.qkv").reshape(2, 17, 3, 2, 12).permute(2, 0, 3, 1, 4)
                a = (q @ k.transpose(-2, -1) / 12 ** 0.5).softmax(-1) @ v
                y = y + linear(a.transpose(1, 2).reshape(2, 17, 24), b + "attn.proj")
                y = y + linear(F.gelu(linear(norm(y, b + "norm2"), b + "mlp.fc1")), b + "mlp.fc2")
            y = norm(y, "norm")
            """;

    @TempDir
    private Path folder;

    private Path export(ExportFormat format, boolean full) throws IOException {
        Path target = folder.resolve("tiny" + format.ending());
        try (CanonicalWeights checkpoint = CheckpointReader.open(REFERENCE)) {
            ExportModel model = new ExportModel(checkpoint, new Heads(2, 2), PIXELS);
            new Exporter(model, full, Map.of("licence", "CC0")).write(format, target, Existing.KEEP);
        }
        return target;
    }

    @ParameterizedTest
    @EnumSource(names = {"SAFETENSORS", "PTH", "HUGGING_FACE"})
    void allWeightsComeBackBitForBit(ExportFormat format) throws IOException {
        try (CanonicalWeights before = CheckpointReader.open(REFERENCE);
                CanonicalWeights after = CheckpointReader.open(export(format, true))) {
            assertThat(after.tensors()).containsExactlyInAnyOrderElementsOf(before.tensors());
            for (TensorInfo tensor : before.tensors()) {
                assertThat(after.floats(tensor.name())).as(tensor.name()).isEqualTo(before.floats(tensor.name()));
            }
            assertThat(after.metadata()).containsEntry("licence", "CC0");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAFETENSORS", "PTH", "HUGGING_FACE", "TORCHSCRIPT"})
    void anEncoderIsTheEncoderAlone(ExportFormat format) throws IOException {
        try (CanonicalWeights before = CheckpointReader.open(REFERENCE);
                CanonicalWeights after = CheckpointReader.open(export(format, false))) {
            List<TensorInfo> encoder = before.tensors().stream()
                    .filter(tensor -> !tensor.name().startsWith("decoder_"))
                    .filter(tensor -> !tensor.name().equals("mask_token"))
                    .toList();
            assertThat(after.tensors()).containsExactlyInAnyOrderElementsOf(encoder);
            for (TensorInfo tensor : encoder) {
                assertThat(after.floats(tensor.name())).as(tensor.name()).isEqualTo(before.floats(tensor.name()));
            }
        }
    }

    @Test
    void aHuggingFaceFolderSaysWhatItHolds() throws IOException {
        Path exported = export(ExportFormat.HUGGING_FACE, true);
        JsonNode config =
                new ObjectMapper().readTree(exported.resolve("config.json").toFile());
        assertThat(config.at("/architectures/0").asText()).isEqualTo("ViTMAEForPreTraining");
        assertThat(config.at("/decoder_hidden_size").asInt()).isEqualTo(16);
        assertThat(config.at("/image_size").asInt()).isEqualTo(32);
        try (Safetensors theirs = Safetensors.open(exported.resolve("model.safetensors"));
                PthFile expected = PthFile.open(Fixtures.path("/interop/tiny_hugging_face.bin"))) {
            assertThat(theirs.tensors()).containsExactlyInAnyOrderElementsOf(expected.tensors());
        }
    }

    @Test
    void anExistingFileIsLeftAlone() throws IOException {
        export(ExportFormat.PTH, false);
        assertThatThrownBy(() -> export(ExportFormat.PTH, false)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void torchRunsTheScript() throws IOException {
        String script = ENCODE + """
                model = torch.jit.load(sys.argv[2])
                assert sorted(model.state_dict()) == sorted(n for n in w if "decoder" not in n and n != "mask_token")
                assert torch.allclose(model.forward_features(x), y, rtol=0, atol=1e-5)
                assert torch.equal(model(x), model.forward_features(x)[:, 0])
                print(model.mean, model.std, model.image_size)
                """;
        assertThat(PythonPeer.run("torch", script, REFERENCE, export(ExportFormat.TORCHSCRIPT, false)))
                .isEqualTo("[0.485, 0.456, 0.406] [0.229, 0.224, 0.225] [32, 32]");
    }

    private static float[] images() {
        float[] images = new float[2 * 3 * 32 * 32];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.sin(i);
        }
        return images;
    }

    @Test
    @Tag("engine")
    void djlAndOnnxRuntimeGiveTheSameFeatures() throws Exception {
        Criteria<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(export(ExportFormat.TORCHSCRIPT, false))
                .optEngine("PyTorch")
                .build();
        float[] djl;
        try (ZooModel<NDList, NDList> model = criteria.loadModel();
                Predictor<NDList, NDList> predictor = model.newPredictor();
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray images = manager.create(images(), new Shape(2, 3, 32, 32));
            djl = predictor.predict(new NDList(images)).singletonOrThrow().toFloatArray();
        }
        assertThat(djl).hasSize(2 * 24);
        float[] onnx = onnx(export(ExportFormat.ONNX, false));
        for (int i = 0; i < djl.length; i++) {
            assertThat(onnx[i]).isCloseTo(djl[i], within(1e-4f));
        }
        assertThat(Arrays.copyOf(djl, 24)).isNotEqualTo(Arrays.copyOfRange(djl, 24, 48));
    }

    private static float[] onnx(Path file) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor images =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(images()), new long[] {2, 3, 32, 32});
                OrtSession.Result result = session.run(Map.of("images", images))) {
            assertThat(session.getMetadata().getCustomMetadata()).containsEntry("licence", "CC0");
            float[][] features =
                    (float[][]) result.get("features").orElseThrow().getValue();
            float[] flat = new float[2 * 24];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = features[i / 24][i % 24];
            }
            return flat;
        }
    }
}
