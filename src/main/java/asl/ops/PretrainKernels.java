package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.config.RunConfig.Align;
import asl.config.RunConfig.Precision;
import asl.config.RunConfig.Reconstruct;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Encoder, decoder and objective of pre-training, a whole stack of blocks a call. B images, N patches, V visible, M
 * masked, D width, P values per patch.
 *
 * <p>Images are uint8 [B, H, W, channels] as decoded, or float32 [B, channels, H, W] normalised already; ids [B, N]
 * (int64) is a shuffle of each image's patches, the V visible ones first. Results belong to the manager that the call is
 * given.
 */
public final class PretrainKernels implements AutoCloseable {
    /** After so many blocks of the encoder the backward pass may pause, to have their gradients sent off. */
    public static final int STRETCH = 4;

    private final ScriptModule module;
    private final NDArray mean;
    private final NDArray std;

    /** Loads the kernels on the manager's device; they live until {@link #close}, or as long as the manager. */
    public PretrainKernels(NDManager manager, RunConfig config, Precision precision) {
        this.module =
                ScriptModule.load(manager, "Kernels", attributes(config, precision), "kernels.py", "checkpoint.py");
        this.mean = perChannel(manager, config.data().mean());
        this.std = perChannel(manager, config.data().std());
    }

    private static Map<String, Object> attributes(RunConfig config, Precision precision) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("bf16", precision == Precision.BF16);
        attributes.put("eps", 1e-6);
        attributes.put("encoder_heads", config.model().attentionHeads());
        attributes.put("decoder_heads", config.decoder().heads());
        attributes.put("stretch", STRETCH);
        attributes.put("patch_size", config.model().patchSize());
        attributes.put("channels", config.model().channels());
        attributes.put("visible", config.visiblePatches());
        attributes.put("norm_pix_loss", config.method().normPixLoss());
        attributes.put("align", code(config.method().align()));
        attributes.put("align_cls", config.method().alignCls());
        attributes.put("both", config.method().reconstruct() == Reconstruct.BOTH);
        attributes.put("mae_weight", config.method().maeWeight());
        attributes.put("sem_weight", config.method().semWeight());
        return attributes;
    }

    /** The numbers that kernels.py knows the alignments by. */
    private static int code(Align align) {
        return switch (align) {
            case NONE -> 0;
            case L1 -> 1;
            case COSINE -> 2;
        };
    }

    /** One float per channel, on the manager's device. */
    static NDArray perChannel(NDManager manager, List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return manager.create(floats);
    }

    /**
     * Visible patches through the encoder: [B, 1 + V, D]; behind that the tokens of the same shape in front of every
     * {@link #STRETCH} blocks counted from the last, but not those in front of all, where {@link #back} can pause.
     */
    public NDList encode(NDManager results, NDArray images, NDArray ids, NDList encoder) {
        return module.runWithGradients(results, "encode", images, ids, mean, std, encoder);
    }

    /** The same twice under dropout of the embedding; drop [2B, V, D] holds 0 or 1 / (1 - rate): [2B, 1 + V, D]. */
    public NDList encodeDle(NDManager results, NDArray images, NDArray ids, NDArray drop, NDList encoder) {
        return module.runWithGradients(results, "encode_dle", images, ids, mean, std, drop, encoder);
    }

    /** The features, and behind them in the batch those that one more layer makes of them: [2B, 1 + V, D]. */
    public NDArray branchAee(NDManager results, NDArray features, NDList layer) {
        return one(results, "branch_aee", features, layer);
    }

    /** Predictions of the masked patches, in the order of the ids: [B, M, P]; with alignment of [cls] one more. */
    public NDArray decode(NDManager results, NDArray features, NDArray ids, NDList decoder) {
        return one(results, "decode", features, ids, decoder);
    }

    /** Predictions of all patches in the order of the image, [B, N, P]: for pictures and checks. */
    public NDArray decodeAll(NDManager results, NDArray features, NDArray ids, NDList decoder) {
        return one(results, "decode_all", features, ids, decoder);
    }

    /** loss (Eq. 11), loss_mae (Eq. 2), loss_sem (Eq. 10). */
    public NDList losses(NDManager results, NDArray predictions, NDArray images, NDArray ids) {
        return module.runWithGradients(results, "losses", predictions, images, ids, mean, std);
    }

    /**
     * One stretch of a backward pass: from g, d loss / d y, to d loss / d x, and behind that d loss / d parameter of those
     * between x and y; new arrays. Frees that part of the graph.
     *
     * @param x an array on the way to y, or another parameter
     */
    public NDList back(NDManager results, NDArray y, NDArray g, NDArray x, NDList parameters) {
        return module.runWithGradients(results, "back", y, g, x, parameters);
    }

    /** Parameters by part; the extra layer's only with AEE. */
    public record Parts(NDList encoder, Optional<NDList> layer, NDList decoder) {}

    /**
     * Forward and backward that keep the input of every block alone and run each block again in the backward pass.
     *
     * @param drop as for {@link #encodeDle}
     * @return the three losses, then d loss / d parameter of the trained ones: encoder, decoder, layer
     */
    public NDList stepRecomputed(NDManager results, NDArray images, NDArray ids, Optional<NDArray> drop, Parts parts) {
        // The kernel takes no absent arguments: none is an empty array, or a list too short to be a layer.
        NDArray masks = drop.orElseGet(() -> results.zeros(new Shape(0)));
        NDList layer = parts.layer().orElseGet(() -> new NDList(results.zeros(new Shape(0))));
        return module.runWithGradients(
                results, "step_recomputed", images, ids, mean, std, masks, parts.encoder(), layer, parts.decoder());
    }

    /**
     * Pixels in 0..1 of predicted patches [B, N, P] in the order of the image, as [B, H, W, channels]; where targets are
     * normalised per patch, the true patches' mean and deviation are put back.
     */
    public NDArray pixels(NDManager results, NDArray predictions, NDArray images) {
        return module.run(results, "to_pixels", predictions, images, mean, std).singletonOrThrow();
    }

    private NDArray one(NDManager results, String method, Object... arguments) {
        return module.runWithGradients(results, method, arguments).singletonOrThrow();
    }

    @Override
    public void close() {
        module.close();
    }
}
