package asl.model;

import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.DecoderConfig;
import asl.config.RunConfig.ModelConfig;

/**
 * How many numbers a model holds, by part; exact.
 *
 * @param encoder [cls] token, patch embedding, blocks and last norm
 * @param branch the extra block of AEE, else 0
 * @param decoder embedding, mask token, blocks, norm and prediction
 * @param positions of encoder and decoder: fixed, not trained
 */
public record ParameterCount(long encoder, long branch, long decoder, long positions) {
    static ParameterCount of(RunConfig config) {
        ModelConfig model = config.model();
        DecoderConfig light = config.decoder();
        long d = model.embedDim();
        long p = model.patchDim();
        long encoder = d + linear(p, d) + model.blocks() * block(d) + norm(d);
        long branch = config.method().branch() == Branch.AEE ? block(d) : 0;
        long decoder = linear(d, light.width())
                + light.width()
                + light.depth() * block(light.width())
                + norm(light.width())
                + linear(light.width(), p);
        return new ParameterCount(encoder, branch, decoder, (model.patches() + 1) * (d + light.width()));
    }

    /** Of a classifier, whose positions learn too. */
    static long classifier(ModelConfig model, int classes) {
        long d = model.embedDim();
        long tokens = model.patches() + 1L;
        return d + tokens * d + linear(model.patchDim(), d) + model.blocks() * block(d) + norm(d) + linear(d, classes);
    }

    /** All that the optimizer moves. */
    public long trainable() {
        return encoder + branch + decoder;
    }

    /** Weights of one transformer block: two norms, qkv, projection and the two layers of the MLP, 4 times as wide. */
    static long block(long d) {
        return norm(d) + linear(d, 3 * d) + linear(d, d) + norm(d) + linear(d, 4 * d) + linear(4 * d, d);
    }

    private static long linear(long in, long out) {
        return in * out + out;
    }

    private static long norm(long d) {
        return 2 * d;
    }
}
