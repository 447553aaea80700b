package asl.model;

import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import java.util.List;
import java.util.Locale;

/**
 * What a configuration costs, by arithmetic alone: parameters, operations and memory.
 *
 * @param mae operations of MAE at the same sizes, the paper's unit
 * @param plain operations of the chosen branch as the paper counts them
 * @param actual operations that the kernels here compute
 */
public record ModelSummary(
        ParameterCount parameters, FlopCount mae, FlopCount plain, FlopCount actual, MemoryEstimate memory) {
    /**
     * Sums up a pre-training configuration.
     *
     * @param precision of the kernels; {@link Precision#AUTO} is counted as fp32
     * @param batch images per micro-batch, over 0
     */
    public static ModelSummary of(RunConfig config, Precision precision, int batch) {
        if (batch <= 0) {
            throw new IllegalArgumentException("the batch size must be known to sum up a run");
        }
        return new ModelSummary(
                ParameterCount.of(config),
                FlopCount.plain(config, Branch.NONE),
                FlopCount.plain(config, config.method().branch()),
                FlopCount.actual(config, batch),
                MemoryEstimate.of(config, batch, precision == Precision.BF16));
    }

    /** Cost relative to MAE as the paper counts: about 1.5 for AEE and 2 for DLE (Table 7). */
    public double ratioToMae() {
        return plain.training() / mae.training();
    }

    /** The summary for people, one fact a line. */
    public List<String> lines(RunConfig config) {
        ModelConfig model = config.model();
        String branch = config.method().branch().name();
        return List.of(
                format(
                        "model        width %d, %d blocks, %d heads; %s px in patches of %d: %d patches, %d visible",
                        model.embedDim(),
                        model.blocks(),
                        model.attentionHeads(),
                        model.imageSize(),
                        model.patchSize(),
                        model.patches(),
                        config.visiblePatches()),
                format(
                        "parameters   %.2f M: encoder %.2f M, extra layer %.2f M, decoder %.2f M; and %.2f M fixed positions",
                        parameters.trainable() / 1e6,
                        parameters.encoder() / 1e6,
                        parameters.branch() / 1e6,
                        parameters.decoder() / 1e6,
                        parameters.positions() / 1e6),
                format(
                        "FLOPs        %.2f G per image, forward and backward: %.2f x MAE (%.2f G), by plain count",
                        plain.training() / 1e9, ratioToMae(), mae.training() / 1e9),
                format(
                        "             %.2f G computed here: %.2f x MAE's plain count, same result (branch %s)",
                        actual.training() / 1e9, actual.training() / mae.training(), branch.toLowerCase(Locale.ROOT)),
                format(
                        "memory       about %.2f GiB: weights %.2f, gradients %.2f, Adam %.2f, activations %.2f",
                        gib(memory.total()),
                        gib(memory.weights()),
                        gib(memory.gradients()),
                        gib(memory.moments()),
                        gib(memory.activations())));
    }

    private static double gib(long bytes) {
        return bytes / (double) (1L << 30);
    }

    private static String format(String pattern, Object... args) {
        return String.format(Locale.ROOT, pattern, args);
    }
}
