package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.Pool;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whole images through the encoder: classification with gradients, frozen features, similarity of tokens. B images, N
 * patches, D width, C classes, L blocks.
 *
 * <p>Images are uint8 [B, H, W, channels] as decoded, or float32 [B, channels, H, W] normalised already. Parameters come
 * in one list, in the order of the blocks that hold them. Results belong to the manager that the call is given.
 */
public final class ClassifierKernels implements AutoCloseable {
    private final ScriptModule module;
    private final NDArray mean;
    private final NDArray std;
    private final NDArray noDrop;

    /** Mean and deviation per channel, of pixels in 0..1. */
    public record Normalization(List<Double> mean, List<Double> std) {}

    /**
     * Loads the kernels on the manager's device; they live until {@link #close}, or as long as the manager.
     *
     * @param precision BF16: matrix products in bfloat16, all else in float32; else float32 throughout
     */
    public ClassifierKernels(NDManager manager, ModelConfig model, Normalization pixels, Precision precision) {
        Map<String, Object> attributes = attributes(model, precision);
        this.module = ScriptModule.load(manager, "Kernels", attributes, "kernels.py", "checkpoint.py", "classifier.py");
        this.mean = PretrainKernels.perChannel(manager, pixels.mean());
        this.std = PretrainKernels.perChannel(manager, pixels.std());
        this.noDrop = manager.create(new Shape(0));
    }

    private static Map<String, Object> attributes(ModelConfig model, Precision precision) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("bf16", precision == Precision.BF16);
        attributes.put("eps", 1e-6);
        attributes.put("encoder_heads", model.attentionHeads());
        attributes.put("patch_size", model.patchSize());
        attributes.put("channels", model.channels());
        // Of the decoder and the objective of pre-training: declared, but of no effect on the methods here.
        Map.of("decoder_heads", 1, "visible", 1, "align", 0, "stretch", 1).forEach(attributes::put);
        Map.of("norm_pix_loss", false, "align_cls", false, "both", false).forEach(attributes::put);
        Map.of("mae_weight", 0.0, "sem_weight", 0.0).forEach(attributes::put);
        return attributes;
    }

    /** Loss (mean over images), logits [B, C] and the gradient of every parameter. */
    public record Gradients(NDArray loss, NDArray logits, NDList parameters) {}

    /**
     * One forward and backward pass under soft targets.
     *
     * @param targets [B, C]
     */
    public Gradients train(NDManager results, Pool pool, Pass pass, NDArray targets) {
        return train(results, pool == Pool.CLS ? "train_cls" : "train_avg", pass, targets);
    }

    /** The same bits with less memory and more time: backward runs each block again. */
    public Gradients trainRecomputed(NDManager results, Pool pool, Pass pass, NDArray targets) {
        return train(results, pool == Pool.CLS ? "train_cls_recomputed" : "train_avg_recomputed", pass, targets);
    }

    private Gradients train(NDManager results, String method, Pass pass, NDArray targets) {
        NDList out = module.runWithGradients(
                results, method, pass.images(), mean, std, pass.drop(), targets, pass.parameters());
        return new Gradients(out.get(0), out.get(1), out.subNDList(2));
    }

    /** What goes through the encoder: images, scales of the residual branches [2L, B] or {@link #noDrop}, parameters. */
    public record Pass(NDArray images, NDArray drop, NDList parameters) {}

    /** The scales where no depth is dropped. */
    public NDArray noDrop() {
        return noDrop;
    }

    /** Logits [B, C]. */
    public NDArray logits(NDManager results, Pool pool, NDArray images, NDList parameters) {
        String method = pool == Pool.CLS ? "classify_cls" : "classify_avg";
        return run(results, method, images, noDrop, parameters);
    }

    /**
     * Frozen features [2, B, D]: the [cls] token after the encoder's norm, and the mean patch token, normed without
     * weights.
     *
     * @param parameters end with the encoder's norm
     */
    public NDArray features(NDManager results, NDArray images, NDList parameters) {
        return run(results, "features", images, parameters);
    }

    /** All tokens after the encoder's norm [B, 1 + N, D]. */
    public NDArray tokens(NDManager results, NDArray images, NDList parameters) {
        return run(results, "all_tokens", images, parameters);
    }

    /** Mean cosine of all pairs of patch tokens, after the embedding, every block and the norm: [L + 2, B]. */
    public NDArray similarities(NDManager results, NDArray images, NDList parameters) {
        return run(results, "similarities", images, parameters);
    }

    /** Cosine of every patch token with one of them, by the same layers: [L + 2, B, N]. */
    public NDArray similarityMaps(NDManager results, NDArray images, int patch, NDList parameters) {
        try (NDArray index = results.create(new int[] {patch})) {
            return run(results, "similarity_maps", images, index, parameters);
        }
    }

    // The next three take the road with autograd, though they have no gradients: what the other road returns may not be
    // kept for a backward pass.

    /** Normalised float32 [B, channels, H, W] of uint8 images [B, H, W, channels]. */
    public NDArray normalize(NDManager results, NDArray images) {
        return module.runWithGradients(results, "normalize", images, mean, std).singletonOrThrow();
    }

    /** {@code fill} where the mask [B, 1, H, W] (uint8) is set, else the normalised images. */
    public NDArray erase(NDManager results, NDArray images, NDArray mask, NDArray fill) {
        return module.runWithGradients(results, "erase", images, mask, fill).singletonOrThrow();
    }

    /** Normalised images mixed with those of the flipped batch; {@code own} [H, W] is the share that stays. */
    public NDArray mix(NDManager results, NDArray images, NDArray own) {
        return module.runWithGradients(results, "mix", images, own).singletonOrThrow();
    }

    private NDArray run(NDManager results, String method, NDArray images, Object... more) {
        Object[] arguments = new Object[3 + more.length];
        arguments[0] = images;
        arguments[1] = mean;
        arguments[2] = std;
        System.arraycopy(more, 0, arguments, 3, more.length);
        return module.run(results, method, arguments).singletonOrThrow();
    }

    @Override
    public void close() {
        module.close();
    }
}
