package asl.config;

import asl.config.RunConfig.DataConfig;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import java.util.List;

/**
 * A labelled data set with a part to train on and one to measure on, as probing and fine-tuning need it.
 *
 * @param valRoot where the validation part lies; empty = in {@code root} too
 * @param mean per channel; empty = what the weights were trained with
 * @param cropPct share of the short side that the centre crop of the validation view keeps
 */
public record LabelledDataConfig(
        DataFormat format,
        String root,
        String trainSplit,
        String valRoot,
        String valSplit,
        List<Double> mean,
        List<Double> std,
        double cropScaleMin,
        double cropScaleMax,
        double cropRatioMin,
        double cropRatioMax,
        double hflip,
        double cropPct,
        double maxBadShare,
        @Auto int workers,
        int prefetch) {

    /** The part to train on; throws a {@link ConfigException} where no root is given. */
    public SourceConfig train() {
        requireRoot();
        return new SourceConfig(format, root, trainSplit, 0);
    }

    /** The part to measure on; throws a {@link ConfigException} where no root is given. */
    public SourceConfig val() {
        requireRoot();
        return new SourceConfig(format, valRoot.isEmpty() ? root : valRoot, valSplit, 0);
    }

    /** The training part in the terms of pre-training, so that both read images through the same classes. */
    public DataConfig training() {
        return new DataConfig(
                format,
                root,
                trainSplit,
                List.of(),
                mean,
                std,
                cropScaleMin,
                cropScaleMax,
                cropRatioMin,
                cropRatioMax,
                hflip,
                0,
                maxBadShare,
                workers,
                prefetch);
    }

    /** The same data with the normalisation that was settled on. */
    public LabelledDataConfig normalisedBy(List<Double> means, List<Double> deviations) {
        return new LabelledDataConfig(
                format,
                root,
                trainSplit,
                valRoot,
                valSplit,
                means,
                deviations,
                cropScaleMin,
                cropScaleMax,
                cropRatioMin,
                cropRatioMax,
                hflip,
                cropPct,
                maxBadShare,
                workers,
                prefetch);
    }

    private void requireRoot() {
        if (root.isEmpty()) {
            throw new ConfigException(
                    "data.root: required: a labelled data set, such as --set data.root=/data/imagenet");
        }
    }
}
