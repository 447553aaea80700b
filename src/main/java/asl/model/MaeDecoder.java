package asl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import asl.config.RunConfig;
import asl.config.RunConfig.ModelConfig;
import asl.ops.PretrainKernels;
import java.util.ArrayList;
import java.util.List;

/** The light decoder: encoded tokens and mask tokens in, pixels of patches out. Both branches share it, as one batch. */
public final class MaeDecoder extends ParameterBlock {
    private final RunConfig config;
    private final PretrainKernels kernels;

    /** Makes the block with its parameters; they belong to the manager. */
    public MaeDecoder(NDManager manager, RunConfig config, PretrainKernels kernels) {
        super(specs(config), config.seed());
        this.config = config;
        this.kernels = kernels;
        makeParameters(manager);
    }

    private static List<ParameterSpec> specs(RunConfig config) {
        ModelConfig model = config.model();
        int width = config.decoder().width();
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(new ParameterSpec("decoder_embed.weight", ParameterSpec.Init.XAVIER, width, model.embedDim()));
        specs.add(new ParameterSpec("decoder_embed.bias", ParameterSpec.Init.ZERO, width));
        specs.add(new ParameterSpec("mask_token", ParameterSpec.Init.TOKEN, 1, 1, width));
        specs.add(new ParameterSpec(
                "decoder_pos_embed",
                new Shape(1, 1 + model.patches(), width),
                (shape, random) -> SinCosPositions.table(model.gridHeight(), model.gridWidth(), width),
                false));
        for (int i = 0; i < config.decoder().depth(); i++) {
            specs.addAll(ParameterSpec.transformerBlock("decoder_blocks." + i + ".", width));
        }
        specs.add(new ParameterSpec("decoder_norm.weight", ParameterSpec.Init.ONE, width));
        specs.add(new ParameterSpec("decoder_norm.bias", ParameterSpec.Init.ZERO, width));
        specs.add(new ParameterSpec("decoder_pred.weight", ParameterSpec.Init.XAVIER, model.patchDim(), width));
        specs.add(new ParameterSpec("decoder_pred.bias", ParameterSpec.Init.ZERO, model.patchDim()));
        return specs;
    }

    /**
     * Predictions of the masked patches [B or 2B, M, P], in the order of the last M of ids [B, N]; where [cls] is aligned,
     * its prediction stands behind them [B or 2B, M + 1, P].
     */
    public NDArray decode(NDManager results, NDArray features, NDArray ids) {
        return kernels.decode(results, features, ids, parameters());
    }

    /** Predictions of all patches in the order of the image [B or 2B, N, P]. */
    public NDArray decodeAll(NDManager results, NDArray features, NDArray ids) {
        return kernels.decodeAll(results, features, ids, parameters());
    }

    /** inputs: features, ids. */
    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(decode(inputs.head().getManager(), inputs.get(0), inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        int masked = config.model().patches() - config.visiblePatches();
        int rows = config.method().alignCls() ? masked + 1 : masked;
        return new Shape[] {new Shape(inputs[0].get(0), rows, config.model().patchDim())};
    }
}
