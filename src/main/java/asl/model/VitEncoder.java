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

/** The vision transformer as MAE trains it: visible patches and [cls] in, normed tokens out. */
public final class VitEncoder extends ParameterBlock {
    private final ModelConfig model;
    private final int visible;
    private final PretrainKernels kernels;

    /** Makes the block with its parameters; they belong to the manager. */
    public VitEncoder(NDManager manager, RunConfig config, PretrainKernels kernels) {
        super(specs(config.model()), config.seed());
        this.model = config.model();
        this.visible = config.visiblePatches();
        this.kernels = kernels;
        makeParameters(manager);
    }

    private static List<ParameterSpec> specs(ModelConfig model) {
        List<ParameterSpec> specs = new ArrayList<>(bodySpecs(model, false));
        specs.addAll(ParameterSpec.norm("norm.", model.embedDim()));
        return specs;
    }

    /** [cls] token, positions, patch embedding and blocks, in the order of the kernels: all but what comes behind. */
    static List<ParameterSpec> bodySpecs(ModelConfig model, boolean trainPositions) {
        long width = model.embedDim();
        int patch = model.patchSize();
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(new ParameterSpec("cls_token", ParameterSpec.Init.TOKEN, 1, 1, width));
        specs.add(new ParameterSpec(
                "pos_embed",
                new Shape(1, 1 + model.patches(), width),
                (shape, random) -> SinCosPositions.table(model.gridHeight(), model.gridWidth(), model.embedDim()),
                trainPositions));
        specs.add(new ParameterSpec(
                "patch_embed.proj.weight", ParameterSpec.Init.XAVIER, width, model.channels(), patch, patch));
        specs.add(new ParameterSpec(
                "patch_embed.proj.bias", ParameterSpec.Init.convolutionBias(model.patchDim()), width));
        for (int i = 0; i < model.blocks(); i++) {
            specs.addAll(ParameterSpec.transformerBlock("blocks." + i + ".", width));
        }
        return specs;
    }

    /**
     * fea_ori [B, 1 + V, D] of the visible patches, the first V of ids [B, N]; behind it the tokens between the blocks where
     * a backward pass can pause, see {@link PretrainKernels#encode}.
     */
    public NDList encode(NDManager results, NDArray images, NDArray ids) {
        return kernels.encode(results, images, ids, parameters());
    }

    /** Numbers of the trained parameters that the pauses of {@link #encode} lie in front of, from the last to the first. */
    public List<Integer> pauses() {
        List<String> names = List.copyOf(trained().keySet());
        List<Integer> pauses = new ArrayList<>();
        for (int block = model.blocks() - PretrainKernels.STRETCH; block > 0; block -= PretrainKernels.STRETCH) {
            pauses.add(names.indexOf("blocks." + block + ".norm1.weight"));
        }
        return pauses;
    }

    /** DLE: fea_ori and behind it fea_aug, [2B, 1 + V, D]; drop [2B, V, D] holds 0 or 1 / (1 - rate). */
    public NDList encodeDle(NDManager results, NDArray images, NDArray ids, NDArray drop) {
        return kernels.encodeDle(results, images, ids, drop, parameters());
    }

    /** inputs: images, ids, and for DLE the dropout masks. */
    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDManager results = inputs.head().getManager();
        NDList encoded = inputs.size() == 2
                ? encode(results, inputs.get(0), inputs.get(1))
                : encodeDle(results, inputs.get(0), inputs.get(1), inputs.get(2));
        return new NDList(encoded.head());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        long batch = inputs[0].get(0) * (inputs.length == 2 ? 1 : 2);
        return new Shape[] {new Shape(batch, 1 + visible, model.embedDim())};
    }
}
