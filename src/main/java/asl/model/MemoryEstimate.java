package asl.model;

import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.DecoderConfig;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.TrainConfig;

/**
 * Bytes that a training step holds at its peak, per process; an estimate, without the engine's own libraries and the
 * scratch space of single operators.
 *
 * @param weights master weights and fixed positions, fp32
 * @param gradients fp32
 * @param moments both of Adam's, fp32
 * @param activations what forward keeps for backward, for one micro-batch
 */
public record MemoryEstimate(long weights, long gradients, long moments, long activations) {
    private static final int FP32 = 4;
    private static final int BF16 = 2;

    /** Residual-stream values per token and block, always fp32: the inputs of its two norms. */
    private static final int RESIDUALS = 2;

    /** Other values that a block keeps per token, in widths: two norms 2, qkv 3, attention 2, hidden layer before and after GELU 8. */
    private static final int KEPT = 15;

    public long total() {
        return weights + gradients + moments + activations;
    }

    /**
     * Estimates a step.
     *
     * @param batch images per micro-batch
     * @param bf16 whether the kernels compute in bf16, which keeps bf16 copies of the weights too
     */
    static MemoryEstimate of(RunConfig config, int batch, boolean bf16) {
        ParameterCount parameters = ParameterCount.of(config);
        long trainable = parameters.trainable();
        long copies = bf16 ? BF16 * trainable : 0;
        double activations = batch * perImage(config, bf16 ? BF16 : FP32);
        return new MemoryEstimate(
                FP32 * (trainable + parameters.positions()),
                FP32 * trainable,
                2 * FP32 * trainable,
                copies + (long) activations);
    }

    /** A step of a classifier. */
    static MemoryEstimate classifier(ModelConfig model, int classes, TrainConfig train, boolean bf16) {
        long weights = ParameterCount.classifier(model, classes);
        int bytes = bf16 ? BF16 : FP32;
        double tokens = model.patches() + 1.0;
        boolean recompute = train.checkpointActivations();
        double perImage = model.blocks() * block(tokens, model.embedDim(), bytes, recompute)
                + (recompute ? block(tokens, model.embedDim(), bytes, false) : 0)
                + FP32 * (double) model.patches() * model.patchDim();
        return new MemoryEstimate(
                FP32 * weights,
                FP32 * weights,
                2 * FP32 * weights,
                (bf16 ? BF16 * weights : 0) + (long) (train.batchSize() * perImage));
    }

    private static double perImage(RunConfig config, int bytes) {
        ModelConfig model = config.model();
        DecoderConfig light = config.decoder();
        Branch branch = config.method().branch();
        double seen = config.visiblePatches() + 1;
        double all = model.patches() + 1;
        int encoders = branch == Branch.DLE ? 2 : 1;
        int decoders = branch == Branch.NONE ? 1 : 2;
        int extra = branch == Branch.AEE ? 1 : 0;
        boolean recompute = config.train().checkpointActivations();
        double encoder = (encoders * model.blocks() + extra) * block(seen, model.embedDim(), bytes, recompute);
        double decoder = decoders * light.depth() * block(all, light.width(), bytes, recompute);
        double largest = Math.max(
                encoders * block(seen, model.embedDim(), bytes, false),
                decoders * block(all, light.width(), bytes, false));
        // Prediction, its fp32 form, the target and two differences per branch; uint8 pixels are small beside them.
        double losses = decoders * (all - seen) * model.patchDim() * (bytes + 4.0 * FP32);
        return encoder + decoder + losses + (recompute ? largest : 0);
    }

    /** Bytes that one block keeps; with recomputation only its input. */
    private static double block(double tokens, double width, int bytes, boolean recompute) {
        return tokens * width * (recompute ? FP32 : RESIDUALS * FP32 + KEPT * bytes);
    }
}
