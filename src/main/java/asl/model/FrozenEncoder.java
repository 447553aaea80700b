package asl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import asl.config.RunConfig.ModelConfig;
import asl.ops.ClassifierKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * A vision transformer that is only looked at: whole images in, features or tokens out, no gradients. Images are uint8
 * [B, H, W, channels] or normalised float32 [B, channels, H, W].
 */
public final class FrozenEncoder extends ParameterBlock {
    private final ModelConfig model;
    private final ClassifierKernels kernels;

    /** Makes the encoder with the weights that pre-training would start from; they belong to the manager. */
    public FrozenEncoder(NDManager manager, ModelConfig model, ClassifierKernels kernels, long seed) {
        super(specs(model), seed);
        this.model = model;
        this.kernels = kernels;
        makeParameters(manager);
    }

    private static List<ParameterSpec> specs(ModelConfig model) {
        List<ParameterSpec> specs = new ArrayList<>(VitEncoder.bodySpecs(model, false));
        specs.addAll(ParameterSpec.norm("norm.", model.embedDim()));
        return specs.stream()
                .map(spec -> new ParameterSpec(spec.name(), spec.shape(), spec.init(), false))
                .toList();
    }

    public ModelConfig model() {
        return model;
    }

    /** [2, B, D]: the normed [cls] token; the mean patch token, normed without weights (MAE's untrained fc_norm). */
    public NDArray features(NDManager results, NDArray images) {
        return kernels.features(results, images, parameters());
    }

    /** All tokens after the norm: [B, 1 + N, D]. */
    public NDArray tokens(NDManager results, NDArray images) {
        return kernels.tokens(results, images, parameters());
    }

    /** Mean cosine of all pairs of patch tokens, after the embedding, every block and the norm: [L + 2, B] (Fig. 1). */
    public NDArray similarities(NDManager results, NDArray images) {
        return kernels.similarities(results, images, parameters());
    }

    /** Cosine of every patch token with that of one patch, by the same layers: [L + 2, B, N]. */
    public NDArray similarityMaps(NDManager results, NDArray images, int patch) {
        return kernels.similarityMaps(results, images, patch, parameters());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(tokens(inputs.head().getManager(), inputs.head()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), 1 + model.patches(), model.embedDim())};
    }
}
