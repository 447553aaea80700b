package asl.model;

import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.config.RunConfig.TrainConfig;
import java.util.List;
import java.util.Locale;

/**
 * What a classifier costs to train, by arithmetic alone.
 *
 * @param parameters numbers that learn
 * @param flops per image, forward and backward
 */
public record ClassifierSummary(ModelConfig model, long parameters, double flops, MemoryEstimate memory) {
    /**
     * Sums up a classifier.
     *
     * @param classes 0 = without a head
     * @param train how large a micro-batch is, and whether blocks are run again
     */
    public static ClassifierSummary of(ModelConfig model, int classes, TrainConfig train, Precision precision) {
        return new ClassifierSummary(
                model,
                ParameterCount.classifier(model, classes),
                FlopCount.classifier(model, classes).training(),
                MemoryEstimate.classifier(model, classes, train, precision == Precision.BF16));
    }

    /** The summary for people, one fact a line. */
    public List<String> lines() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "model        width %d, %d blocks, %d heads; %s px in patches of %d: %d patches",
                        model.embedDim(),
                        model.blocks(),
                        model.attentionHeads(),
                        model.imageSize(),
                        model.patchSize(),
                        model.patches()),
                String.format(Locale.ROOT, "parameters   %.2f M, all of which learn", parameters / 1e6),
                String.format(Locale.ROOT, "FLOPs        %.2f G per image, forward and backward", flops / 1e9),
                String.format(
                        Locale.ROOT,
                        "memory       about %.2f GiB, of which activations %.2f",
                        memory.total() / (double) (1L << 30),
                        memory.activations() / (double) (1L << 30)));
    }
}
