package asl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import asl.config.RunConfig;
import asl.ops.PretrainKernels;

/** The one transformer layer behind the encoder that makes fea_aug of fea_ori (AEE, Fig. 3 b); dropped after pre-training. */
public final class AeeLayer extends ParameterBlock {
    private final PretrainKernels kernels;

    /** Makes the block with its parameters; they belong to the manager. */
    public AeeLayer(NDManager manager, RunConfig config, PretrainKernels kernels) {
        super(ParameterSpec.transformerBlock("aee_block.", config.model().embedDim()), config.seed());
        this.kernels = kernels;
        makeParameters(manager);
    }

    /** fea_ori [B, 1 + V, D] -> fea_ori and behind it fea_aug [2B, 1 + V, D]. */
    public NDArray branch(NDManager results, NDArray feaOri) {
        return kernels.branchAee(results, feaOri, parameters());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(branch(inputs.head().getManager(), inputs.head()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        Shape in = inputs[0];
        return new Shape[] {new Shape(2 * in.get(0), in.get(1), in.get(2))};
    }
}
