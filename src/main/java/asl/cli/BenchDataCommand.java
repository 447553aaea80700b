package asl.cli;

import asl.config.ConfigException;
import asl.config.RunConfig;
import asl.config.RunConfig.DataConfig;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import asl.data.ImageSource;
import asl.data.ImageSource.Encoded;
import asl.data.LoadBench;
import asl.data.SampleTransform;
import asl.data.Sources;
import asl.data.Subset;
import asl.data.image.Augmentation;
import asl.data.image.BadImageException;
import asl.data.image.DecodeBench;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl bench data}: images a second from encoded bytes to the uint8 crops that travel to the device. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = {
            "Measure reading, decoding and cropping of a data set (data.root of the configuration): a core with each JPEG",
            "decoder that is here, and the whole loader with one and with all workers. Crops, flips and size are the",
            "configuration's; pixels are normalised on the device, which asl bench step measures."
        })
final class BenchDataCommand implements Callable<Integer> {
    private static final int CROPS_EACH = 4;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "200",
            description = "Images, evenly over the set; default ${DEFAULT-VALUE}.")
    private int images;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Passes over them; default 5.")
    private int rounds;

    @Option(
            names = "--against",
            paramLabel = "ROOT",
            description = "A second data set for the loader, such as the shards packed from the first.")
    private @Nullable String against;

    @Option(
            names = "--pillow",
            paramLabel = "SCRIPT",
            description = "Run scripts/bench_pillow.py by python3 on the same crops, in turn, and print the ratios.")
    private @Nullable Path pillow;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to a JSON file.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (images < 1 || rounds < 1) {
            throw new ConfigException("--images, --rounds: must be over 0");
        }
        RunConfig config =
                options.load(RunConfig.class, RunConfig.DEFAULTS, List.of()).config();
        ObjectNode page = Page.empty();
        page.put("processor", EnvCommand.processor())
                .put("image_size", config.model().imageSize().toString());
        try (ImageSource whole = Sources.open(config.data())) {
            say(EnvCommand.processor() + "; " + whole.describe());
            Augmentation augmentation = Augmentation.of(config);
            decoders(Subset.evenly(whole, images), augmentation, config.seed(), page);
            loader(whole, augmentation, config.data(), page.putObject("loader"));
        }
        if (against != null) {
            SourceConfig second =
                    new SourceConfig(DataFormat.AUTO, against, config.data().split(), 0);
            try (ImageSource source = Sources.open(second)) {
                say(source.describe());
                loader(source, Augmentation.of(config), config.data(), page.putObject("loader_against"));
            }
        }
        if (json != null) {
            Files.writeString(json, Page.json(page) + "\n");
        }
        return ExitCode.OK;
    }

    /** One core, by its own time: each decoder and Pillow in turn, so that all meet the same machine. */
    private void decoders(ImageSource source, Augmentation augmentation, long seed, ObjectNode page)
            throws IOException {
        Path folder = Files.createTempDirectory("asl-bench");
        try {
            List<DecodeBench.Item> items = DecodeBench.draw(copies(source, folder), augmentation, CROPS_EACH, seed);
            Path list = folder.resolve("crops.tsv");
            if (pillow != null) {
                DecodeBench.writeCrops(list, items);
            }
            BenchDecoders measured = new BenchDecoders(items);
            for (int round = 0; round < rounds; round++) {
                measured.round(pillow, list);
            }
            measured.lines().forEach(this::say);
            measured.write(page);
        } catch (BadImageException e) {
            throw new IOException(source.describe() + ": " + e.getMessage(), e);
        } finally {
            for (Path file : files(folder)) {
                Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    /** Files of the images, which Pillow can read whatever the source is; those of raw pixels have none. */
    private static List<Path> copies(ImageSource source, Path folder) throws IOException {
        List<Path> copies = new ArrayList<>();
        for (int i = 0; i < source.size(); i++) {
            if (source.read(i) instanceof Encoded encoded) {
                copies.add(Files.write(folder.resolve("%06d".formatted(i)), encoded.bytes()));
            }
        }
        if (copies.isEmpty()) {
            throw new ConfigException("data.root: " + source.describe() + ": holds pixels, there is nothing to decode");
        }
        return copies;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private void loader(ImageSource source, Augmentation augmentation, DataConfig data, ObjectNode node) {
        int all = DataCheckCommand.threads(data);
        LoadBench.Amount amount = new LoadBench.Amount(64, CROPS_EACH * images, rounds);
        double one = 0;
        for (int workers : all == 1 ? new int[] {1} : new int[] {1, all}) {
            LoadBench.Speed speed =
                    LoadBench.measure(source, SampleTransform.of(augmentation), workers, amount, bad -> {});
            one = workers == 1 ? speed.median() : one;
            say(String.format(
                    Locale.ROOT,
                    "loader, %2d workers    %7.0f %7.0f %7.0f images/s   %.2f of one worker",
                    workers,
                    speed.min(),
                    speed.median(),
                    speed.max(),
                    speed.median() / one));
            ObjectNode figures = node.putObject("workers_" + workers);
            figures.put("min", speed.min()).put("median", speed.median()).put("max", speed.max());
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
