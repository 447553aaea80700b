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
import asl.config.ImageSize;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.config.RunConfig.VitSize;
import asl.eval.PretrainedWeights;
import asl.interop.ExportModel.Heads;
import asl.interop.ExportModel.Pixels;
import asl.interop.WholeFiles.Existing;
import asl.model.FrozenEncoder;
import asl.ops.ClassifierKernels;
import asl.ops.ClassifierKernels.Normalization;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            new Exporter(model, full ? Contents.FULL : Contents.ENCODER, Map.of("licence", "CC0"))
                    .write(format, target, Existing.KEEP);
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
    @EnumSource
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
            assertThat(after.metadata()).containsEntry("licence", "CC0");
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
                for n in model.state_dict():
                    assert torch.equal(model.state_dict()[n], w[n]), n
                assert torch.allclose(model(x[:1]), model(x)[:1], rtol=0, atol=1e-6)
                extra = {"metadata.json": ""}
                torch.jit.load(sys.argv[2], _extra_files=extra)
                print(model.mean, model.std, model.image_size, extra["metadata.json"])
                """;
        assertThat(PythonPeer.run(script, REFERENCE, export(ExportFormat.TORCHSCRIPT, false)))
                .isEqualTo("[0.485, 0.456, 0.406] [0.229, 0.224, 0.225] [32, 32] b'{\"licence\":\"CC0\"}'");
    }

    /** Images of values that change from one to the next. */
    private static float[] images(int count) {
        float[] images = new float[count * 3 * 32 * 32];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.sin(i);
        }
        return images;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    @Tag("engine")
    void djlAndOnnxRuntimeGiveOurFeatures(int count) throws Exception {
        Criteria<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(export(ExportFormat.TORCHSCRIPT, false))
                .optEngine("PyTorch")
                .build();
        float[] djl;
        float[] ours;
        try (ZooModel<NDList, NDList> model = criteria.loadModel();
                Predictor<NDList, NDList> predictor = model.newPredictor();
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray images = manager.create(images(count), new Shape(count, 3, 32, 32));
            djl = predictor.predict(new NDList(images)).singletonOrThrow().toFloatArray();
            ours = features(manager, images);
        }
        assertThat(ours).hasSize(count * 24);
        assertThat(djl).containsExactly(ours, within(1e-5f));
        assertThat(onnx(export(ExportFormat.ONNX, false), count)).containsExactly(ours, within(1e-4f));
        if (count > 1) {
            assertThat(Arrays.copyOf(djl, 24)).isNotEqualTo(Arrays.copyOfRange(djl, 24, 48));
        }
    }

    /** Of the encoder that evaluations use. */
    private static float[] features(NDManager manager, NDArray images) throws IOException {
        ModelConfig config = new ModelConfig(VitSize.AUTO, 24, 2, 2, ImageSize.square(32), 8, 3);
        Normalization pixels = new Normalization(PIXELS.mean(), PIXELS.std());
        try (ClassifierKernels kernels = new ClassifierKernels(manager, config, pixels, Precision.FP32);
                PretrainedWeights weights = PretrainedWeights.open(REFERENCE)) {
            FrozenEncoder encoder = new FrozenEncoder(manager, config, kernels, 0);
            weights.fill(manager, encoder.weights(), config, Set.of());
            return encoder.features(manager, images).get(0).toFloatArray();
        }
    }

    private static float[] onnx(Path file, int count) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor images = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(images(count)), new long[] {count, 3, 32, 32});
                OrtSession.Result result = session.run(Map.of("images", images))) {
            assertThat(session.getMetadata().getCustomMetadata()).containsEntry("licence", "CC0");
            float[][] features =
                    (float[][]) result.get("features").orElseThrow().getValue();
            float[] flat = new float[count * 24];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = features[i / 24][i % 24];
            }
            return flat;
        }
    }
}
