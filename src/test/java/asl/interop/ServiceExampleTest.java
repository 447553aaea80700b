package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceExampleTest {
    private static final int SIDE = 224;
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> STD = List.of(0.229, 0.224, 0.225);
    /** 16 patches of 56 pixels. */
    private static final ModelConfig MODEL = new ModelConfig(VitSize.AUTO, 24, 2, 2, ImageSize.square(SIDE), 56, 3);

    @TempDir
    private Path folder;

    @Test
    void theReadmeHoldsTheExample() throws IOException {
        String source = Files.readString(Path.of("src/test/java/asl/interop/ServiceExample.java"));
        String method = source.substring(source.indexOf("    static float[] embed"), source.lastIndexOf("    }") + 6)
                .lines()
                .map(line -> line.substring(Math.min(4, line.length())))
                .collect(Collectors.joining("\n"));
        assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + method + "\n```");
        assertThat(method.lines().count() - 2).as("lines of the method").isLessThanOrEqualTo(16);
    }

    @Test
    @Tag("engine")
    void theExampleGivesOurFeatures() throws Exception {
        Path weights = folder.resolve("weights.safetensors");
        Random random = new Random(1);
        ArchitectureGuess vit = new ArchitectureGuess(24, 2, 56, 3, 16, 0, 0, 0, Set.of());
        Safetensors.write(weights, Map.of(), VitWeights.encoder(vit), tensor -> {
            float[] values = new float[(int) tensor.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.1 * random.nextGaussian());
            }
            return FloatValues.bytes(values);
        });
        Path encoder = folder.resolve("encoder.pt");
        try (CanonicalWeights checkpoint = CheckpointReader.open(weights)) {
            Pixels pixels = new Pixels(List.of(SIDE, SIDE), MEAN, STD);
            new Exporter(new ExportModel(checkpoint, new Heads(2, 0), pixels), Contents.ENCODER, Map.of())
                    .write(ExportFormat.TORCHSCRIPT, encoder, Existing.KEEP);
        }
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        byte[] rgb = new byte[SIDE * SIDE * 3];
        random.nextBytes(rgb);
        for (int i = 0; i < SIDE * SIDE; i++) {
            int pixel = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
            image.setRGB(i % SIDE, i / SIDE, pixel);
        }
        Path photo = folder.resolve("photo.png");
        ImageIO.write(image, "png", photo.toFile());
        assertThat(ServiceExample.embed(encoder, photo)).containsExactly(features(weights, rgb), within(1e-4f));
    }

    private static float[] features(Path file, byte[] rgb) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                ClassifierKernels kernels =
                        new ClassifierKernels(manager, MODEL, new Normalization(MEAN, STD), Precision.FP32);
                PretrainedWeights weights = PretrainedWeights.open(file)) {
            FrozenEncoder encoder = new FrozenEncoder(manager, MODEL, kernels, 0);
            weights.fill(manager, encoder.weights(), MODEL, Set.of());
            return encoder.features(
                            manager, manager.create(ByteBuffer.wrap(rgb), new Shape(1, SIDE, SIDE, 3), DataType.UINT8))
                    .get(0)
                    .toFloatArray();
        }
    }
}
