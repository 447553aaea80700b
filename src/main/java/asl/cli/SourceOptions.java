package asl.cli;

import asl.config.LinprobeConfig;
import asl.config.RunConfig.SourceConfig;
import asl.data.ImageSource;
import asl.data.Sources;
import asl.data.Subset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The images that an encoder is shown, labelled or not: the options of the commands that only look at them. */
final class SourceOptions {
    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Parameters(index = "0", paramLabel = "IMAGES", description = "A folder, a list of files, or a data set's folder.")
    private String root = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Layout of the images: auto, folder, coco, list, cifar10, cifar100, idx, shards.")
    private @Nullable String format;

    @Option(names = "--split", paramLabel = "NAME", description = "Part of the data set; all of it where not given.")
    private String split = "";

    @Option(names = "--images", paramLabel = "N", description = "So many images, spread evenly; all where not given.")
    private int images;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Another size than trained with interpolates the positions.")
    private @Nullable String imageSize;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "64", description = "Images at a time; 64.")
    private String batchSize = "";

    /** The configuration for one checkpoint. */
    LinprobeConfig load(String checkpoint) {
        List<String> sets =
                new ArrayList<>(List.of("weights=" + checkpoint, "data.root=" + root, "data.train_split=" + split));
        sets.add("probe.batch_size=" + batchSize);
        if (format != null) {
            sets.add("data.format=" + format);
        }
        if (imageSize != null) {
            sets.add("model.image_size=" + imageSize);
        }
        return config.load(LinprobeConfig.class, LinprobeConfig.DEFAULTS, sets).config();
    }

    /** The images of a configuration. */
    ImageSource open(LinprobeConfig loaded) throws IOException {
        SourceConfig source = loaded.data().train();
        return Subset.evenly(Sources.open(source), images);
    }
}
