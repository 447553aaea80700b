package asl.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Names and shapes of the weights of a plain vision transformer with [cls], as timm and MAE have them. */
public final class VitWeights {
    private static final Pattern BEYOND_ENCODER = Pattern.compile("decoder_.+|mask_token|aee_block\\..+|head\\..+");

    private VitWeights() {}

    /** Whether a weight is of the decoder, of AEE's layer or of the head. */
    public static boolean beyondEncoder(String name) {
        return BEYOND_ENCODER.matcher(name).matches();
    }

    /** The weights of an encoder, in the order of use. */
    public static List<TensorInfo> encoder(ArchitectureGuess architecture) {
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

    /**
     * The weights of a classifier.
     *
     * @param norm in front of the head: {@code norm} of [cls], or {@code fc_norm} of the mean patch token
     */
    static List<TensorInfo> classifier(ArchitectureGuess architecture, String norm) {
        List<TensorInfo> specs = new ArrayList<>(encoder(architecture));
        specs.removeIf(spec -> spec.name().startsWith("norm."));
        layer(specs, norm, architecture.width());
        layer(specs, "head", architecture.classes(), architecture.width());
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
