package asl.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A checkpoint and what a file for others has to say beside its weights. */
public final class ExportModel {
    private static final Pattern BEYOND_ENCODER = Pattern.compile("decoder_.+|mask_token|aee_block\\..+|head\\..+");

    /** The value of layer norms that MAE and timm use. */
    static final double EPSILON = 1e-6;

    private final Checkpoint checkpoint;
    private final ArchitectureGuess architecture;
    private final Heads heads;
    private final Pixels pixels;

    /** Attention heads, which no shape tells; decoder 0 where there is none. */
    public record Heads(int encoder, int decoder) {}

    /**
     * What images the model takes.
     *
     * @param size height and width in pixels; the patches must tile it
     * @param mean per channel, of pixels in 0..1, that images are normalised with, like std
     */
    public record Pixels(List<Integer> size, List<Double> mean, List<Double> std) {
        public Pixels {
            size = List.copyOf(size);
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }
    }

    /**
     * Describes an export.
     *
     * @throws IllegalArgumentException if heads or pixels do not fit the weights; one line
     */
    public ExportModel(Checkpoint checkpoint, Heads heads, Pixels pixels) {
        this.checkpoint = checkpoint;
        this.architecture = checkpoint
                .architecture()
                .orElseThrow(() -> new IllegalArgumentException("the weights are not a vision transformer's"));
        this.heads = heads;
        this.pixels = pixels;
        int patch = architecture.patchSize();
        if (heads.encoder() < 1 || architecture.width() % heads.encoder() != 0) {
            throw new IllegalArgumentException(
                    heads.encoder() + " heads do not divide a width of " + architecture.width());
        }
        List<Integer> size = pixels.size();
        if (size.size() != 2
                || size.get(0) % patch != 0
                || size.get(1) % patch != 0
                || size.get(0) / patch * (size.get(1) / patch) != architecture.patches()) {
            throw new IllegalArgumentException("an image of " + size + " pixels is not the " + architecture.patches()
                    + " patches of " + patch + " pixels that the positions are of");
        }
        if (pixels.mean().size() != architecture.channels() || pixels.std().size() != architecture.channels()) {
            throw new IllegalArgumentException(
                    "mean and std need " + architecture.channels() + " values, one a channel");
        }
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    ArchitectureGuess architecture() {
        return architecture;
    }

    Heads heads() {
        return heads;
    }

    Pixels pixels() {
        return pixels;
    }

    /** Weights of the encoder, or all. */
    List<TensorInfo> tensors(boolean full) {
        return checkpoint.tensors().stream()
                .filter(tensor -> full || !BEYOND_ENCODER.matcher(tensor.name()).matches())
                .toList();
    }

    /** The encoder's weights in the order of use; throws an IOException that names what is missing or of another shape. */
    List<TensorInfo> encoder() throws IOException {
        Map<String, TensorInfo> present = new LinkedHashMap<>();
        checkpoint.tensors().forEach(tensor -> present.put(tensor.name(), tensor));
        List<TensorInfo> encoder = encoderSpecs();
        for (TensorInfo tensor : encoder) {
            if (!tensor.equals(present.get(tensor.name()))) {
                throw new IOException(tensor.name() + " is "
                        + (present.containsKey(tensor.name()) ? "not " : "missing: ") + tensor.shape()
                        + "; only plain ViT encoders with [cls] can be exported to this format");
            }
        }
        return encoder;
    }

    private List<TensorInfo> encoderSpecs() {
        long d = architecture.width();
        long p = architecture.patchSize();
        List<TensorInfo> specs = new ArrayList<>();
        specs.add(f32("cls_token", 1, 1, d));
        specs.add(f32("pos_embed", 1, 1 + architecture.patches(), d));
        specs.add(f32("patch_embed.proj.weight", d, architecture.channels(), p, p));
        specs.add(f32("patch_embed.proj.bias", d));
        for (int i = 0; i < architecture.depth(); i++) {
            String block = "blocks." + i + ".";
            layer(specs, block + "norm1", d);
            layer(specs, block + "attn.qkv", 3 * d, d);
            layer(specs, block + "attn.proj", d, d);
            layer(specs, block + "norm2", d);
            layer(specs, block + "mlp.fc1", 4 * d, d);
            layer(specs, block + "mlp.fc2", d, 4 * d);
        }
        layer(specs, "norm", d);
        return specs;
    }

    private static void layer(List<TensorInfo> specs, String name, long... shape) {
        specs.add(f32(name + ".weight", shape));
        specs.add(f32(name + ".bias", shape[0]));
    }

    private static TensorInfo f32(String name, long... shape) {
        return new TensorInfo(name, DType.F32, shape);
    }
}
