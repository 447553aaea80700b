package asl.model;

import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.DecoderConfig;
import asl.config.RunConfig.ModelConfig;

/**
 * Floating-point operations of the matrix products per image, forward; a product of m x n by n x k counts 2mnk.
 *
 * @param encoder patch embedding and blocks, for DLE twice
 * @param branch the extra block of AEE, else 0
 * @param decoder embedding, blocks and prediction, twice where there are two branches
 */
public record FlopCount(double encoder, double branch, double decoder) {
    /** Backward takes two products for each of forward: by the inputs and by the weights. */
    private static final double TRAINING = 3;

    public double forward() {
        return encoder + branch + decoder;
    }

    public double training() {
        return TRAINING * forward();
    }

    /** As the paper counts: every branch is run in full by the plain MAE model. */
    static FlopCount plain(RunConfig config, Branch branch) {
        ModelConfig model = config.model();
        DecoderConfig light = config.decoder();
        double d = model.embedDim();
        double dd = light.width();
        double seen = config.visiblePatches() + 1; // and [cls]
        double all = model.patches() + 1;
        double encoder = linear(model.patches(), model.patchDim(), d) + model.blocks() * block(seen, d);
        double decoder = linear(seen, d, dd) + light.depth() * block(all, dd) + linear(all, dd, model.patchDim());
        return switch (branch) {
            case NONE -> new FlopCount(encoder, 0, decoder);
            case DLE -> new FlopCount(2 * encoder, 0, 2 * decoder);
            case AEE -> new FlopCount(encoder, block(seen, d), 2 * decoder);
        };
    }

    /**
     * What the kernels here compute, which is less with the same result: only visible patches are embedded, and for DLE
     * once; queries, MLP and prediction of the last decoder block are made at masked tokens alone; queries, keys and
     * values of the mask tokens in the first one are made once per position for the whole batch.
     *
     * @param batch images per step, over which the last of these is spread
     */
    static FlopCount actual(RunConfig config, int batch) {
        ModelConfig model = config.model();
        Branch branch = config.method().branch();
        double d = model.embedDim();
        double seen = config.visiblePatches() + 1; // and [cls]
        double embed = linear(config.visiblePatches(), model.patchDim(), d);
        double blocks = model.blocks() * block(seen, d);
        double decoder = decoder(config);
        double shared = config.decoder().depth() > 1
                ? linear(
                                model.patches(),
                                config.decoder().width(),
                                3.0 * config.decoder().width())
                        / batch
                : 0;
        return switch (branch) {
            case NONE -> new FlopCount(embed + blocks, 0, decoder + shared);
            case DLE -> new FlopCount(embed + 2 * blocks, 0, 2 * decoder + shared);
            case AEE -> new FlopCount(embed + blocks, block(seen, d), 2 * decoder + shared);
        };
    }

    private static double decoder(RunConfig config) {
        double dd = config.decoder().width();
        int depth = config.decoder().depth();
        double seen = config.visiblePatches() + 1;
        double all = config.model().patches() + 1;
        double asked = all - seen + (config.method().alignCls() ? 1 : 0); // tokens whose prediction a loss uses
        double first = block(all, dd) - linear(all - seen, dd, 3 * dd);
        double last =
                linear(all, dd, 2 * dd) + linear(asked, dd, dd) + attention(asked, all, dd) + afterAttention(asked, dd);
        double blocks = depth == 1 ? last : first + (depth - 2) * block(all, dd) + last;
        double patchDim = config.model().patchDim();
        return linear(seen, config.model().embedDim(), dd) + blocks + linear(asked, dd, patchDim);
    }

    /** A classifier: all patches through the encoder, one vector through the head. */
    static FlopCount classifier(ModelConfig model, int classes) {
        double d = model.embedDim();
        double embed = linear(model.patches(), model.patchDim(), d);
        return new FlopCount(embed + model.blocks() * block(model.patches() + 1.0, d) + linear(1, d, classes), 0, 0);
    }

    private static double block(double tokens, double d) {
        return linear(tokens, d, 3 * d) + attention(tokens, tokens, d) + afterAttention(tokens, d);
    }

    /** Projection and MLP. */
    private static double afterAttention(double tokens, double d) {
        return linear(tokens, d, d) + linear(tokens, d, 4 * d) + linear(tokens, 4 * d, d);
    }

    /** Scores and weighted sum, all heads. */
    private static double attention(double queries, double keys, double d) {
        return 4 * queries * keys * d;
    }

    private static double linear(double rows, double in, double out) {
        return 2 * rows * in * out;
    }
}
