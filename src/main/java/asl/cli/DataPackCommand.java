package asl.cli;

import asl.config.ConfigException;
import asl.config.RunConfig;
import asl.config.RunConfig.DataConfig;
import asl.data.ImageSource;
import asl.data.Sources;
import asl.data.pack.DatasetPack;
import asl.data.pack.PackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl data pack}: a data set as tar shards. */
@Command(
        name = "pack",
        description = {
            "Pack a data set (data.root or data.mix of the configuration) into tar shards, as WebDataset and",
            "data.format: shards read them. Images are copied byte for byte unless --short-side asks for smaller ones;",
            "those that cannot be read are named and left out. The same command goes on after it was stopped."
        },
        mixinStandardHelpOptions = true)
final class DataPackCommand implements Callable<Integer> {
    private static final int USUAL_QUALITY = 90;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where the shards go.")
    private Path out = Path.of("");

    @Option(
            names = "--shard-size",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Images in a shard (default: ${DEFAULT-VALUE}).")
    private int shardSize;

    @Option(
            names = "--short-side",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description = "Resize images whose shorter side is longer than this to it, and encode them as JPEG.")
    private int shortSide;

    @Option(
            names = "--quality",
            paramLabel = "1-100",
            description = "Of the JPEGs that --short-side makes (default: " + USUAL_QUALITY + ").")
    private @Nullable Integer quality;

    @Option(
            names = "--shuffle",
            description =
                    "In a random order by the configuration's seed rather than the source's, so that shards read one"
                            + " after the other (data.shuffle_window) do not come class by class.")
    private boolean shuffle;

    @Option(names = "--overwrite", description = "Remove shards of other settings from the folder first.")
    private boolean overwrite;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        RunConfig config =
                options.load(RunConfig.class, RunConfig.DEFAULTS, List.of()).config();
        PackOptions how = how(config.seed());
        DataConfig data = config.data();
        PrintWriter err = spec.commandLine().getErr();
        try (ImageSource source = Sources.open(data)) {
            err.println("packing " + source.describe());
            err.flush();
            DatasetPack.Result result = DatasetPack.run(
                    source,
                    new DatasetPack.Target(out, overwrite),
                    how,
                    DataCheckCommand.threads(data),
                    new Report(err));
            err.println(result.images() + " images in " + result.shards() + " shards in " + out
                    + (result.kept() > 0 ? ", " + result.kept() + " of them from before" : "") + "; "
                    + result.bad() + " cannot be read and are left out");
            err.flush();
        }
        return ExitCode.OK;
    }

    private PackOptions how(long seed) {
        if (shardSize < 1) {
            throw new ConfigException("--shard-size: must be over 0, not " + shardSize);
        }
        if (shortSide < 0) {
            throw new ConfigException("--short-side: must not be negative, not " + shortSide);
        }
        if (quality != null && (shortSide == 0 || quality < 1 || quality > 100)) {
            throw new ConfigException(
                    "--quality: from 1 to 100, and only with --short-side: images that keep their size "
                            + "are copied as they are");
        }
        return new PackOptions(shardSize, shortSide, quality == null ? USUAL_QUALITY : quality, shuffle, seed);
    }

    /** A line every few seconds, and one for each bad image. */
    private static final class Report implements DatasetPack.Listener {
        private static final double SECONDS_BETWEEN = 5;

        private final PrintWriter err;
        private final long start = System.nanoTime();
        private long printedAt = start;

        Report(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void bad(String name, String reason) {
            err.println("left out " + name + ": " + reason);
            err.flush();
        }

        @Override
        public void progress(DatasetPack.Progress at) {
            long now = System.nanoTime();
            if ((now - printedAt) / 1e9 < SECONDS_BETWEEN) {
                return;
            }
            printedAt = now;
            double rate = at.written() / ((now - start) / 1e9);
            err.println(String.format(
                    Locale.ROOT,
                    "shard %d of %d, image %d of %d, %.0f images/s, %.0f s to go",
                    at.shard() + 1,
                    at.shards(),
                    at.done(),
                    at.images(),
                    rate,
                    (at.images() - at.done()) / Math.max(1e-9, rate)));
            err.flush();
        }
    }
}
