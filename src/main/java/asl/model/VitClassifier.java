package asl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import asl.config.Pool;
import asl.config.RunConfig.ModelConfig;
import asl.model.ParameterSpec.Init;
import asl.ops.ClassifierKernels;
import asl.ops.ClassifierKernels.Gradients;
import asl.ops.ClassifierKernels.Pass;
import java.util.ArrayList;
import java.util.List;

/**
 * The encoder with a head, as MAE fine-tunes it: the [cls] token after {@code norm}, or the mean patch token after {@code
 * fc_norm}, then a linear layer. Everything learns, the positions too. Images are uint8 [B, H, W, channels] or normalised
 * float32 [B, channels, H, W].
 */
public final class VitClassifier extends ParameterBlock {
    /** Deviation of the head's initial weights (MAE's fine-tuning): the first logits are all but equal. */
    private static final double HEAD_STD = 2e-5;

    private final Head head;
    private final ClassifierKernels kernels;

    /** What stands for an image, and into how many classes it is sorted. */
    public record Head(Pool pool, int classes) {
        /** timm's name of the norm in front of the linear layer. */
        public String norm() {
            return pool == Pool.CLS ? "norm" : "fc_norm";
        }
    }

    /** Makes the classifier with fresh weights; they belong to the manager. */
    public VitClassifier(NDManager manager, ModelConfig model, Head head, ClassifierKernels kernels, long seed) {
        super(specs(model, head), seed);
        this.head = head;
        this.kernels = kernels;
        makeParameters(manager);
    }

    private static List<ParameterSpec> specs(ModelConfig model, Head head) {
        long width = model.embedDim();
        List<ParameterSpec> specs = new ArrayList<>(VitEncoder.bodySpecs(model, true));
        specs.addAll(ParameterSpec.norm(head.norm() + ".", width));
        specs.add(new ParameterSpec("head.weight", Init.normal(HEAD_STD), head.classes(), width));
        specs.add(new ParameterSpec("head.bias", Init.ZERO, head.classes()));
        return specs;
    }

    public Head head() {
        return head;
    }

    /** Logits [B, classes]. */
    public NDArray logits(NDManager results, NDArray images) {
        return kernels.logits(results, head.pool(), images, parameters());
    }

    /** Logits under other weights in the same order, such as averaged ones. */
    public NDArray logits(NDManager results, NDArray images, NDList weights) {
        return kernels.logits(results, head.pool(), images, weights);
    }

    /**
     * One forward and backward pass; gradients in the order of {@link #weights}.
     *
     * @param drop scales of the residual branches [2L, B]; {@link ClassifierKernels#noDrop} = none
     * @param targets soft labels [B, classes]
     */
    public Gradients train(NDManager results, NDArray images, NDArray drop, NDArray targets) {
        return kernels.train(results, head.pool(), new Pass(images, drop, parameters()), targets);
    }

    /** The same, with the blocks run again in the backward pass instead of kept. */
    public Gradients trainRecomputed(NDManager results, NDArray images, NDArray drop, NDArray targets) {
        return kernels.trainRecomputed(results, head.pool(), new Pass(images, drop, parameters()), targets);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(logits(inputs.head().getManager(), inputs.head()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), head.classes())};
    }
}
