package asl.cli;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.LinprobeConfig;
import asl.data.ImageSource;
import asl.data.Views;
import asl.distributed.World;
import asl.eval.FeatureExtractor;
import asl.eval.FrozenFeatures;
import asl.eval.PngFile;
import asl.eval.SimilarityCurves;
import asl.eval.SimilarityCurves.Curve;
import asl.eval.TileSheet;
import asl.eval.TokenSimilarity;
import asl.model.FrozenEncoder;
import asl.ops.Engines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl similarity}: how alike patch tokens become from layer to layer (paper Fig. 1). */
@Command(
        name = "similarity",
        description = "Mean cosine of the patch tokens by layer, over images, for one or more checkpoints (Figure 1).",
        mixinStandardHelpOptions = true)
final class SimilarityCommand implements Callable<Integer> {
    @Mixin
    private final SourceOptions images = new SourceOptions();

    @Option(
            names = "--checkpoint",
            required = true,
            paramLabel = "[NAME=]FILE",
            description = "Weights, or a run's folder, and what to call them; may be repeated.")
    private List<String> checkpoints = new ArrayList<>();

    @Option(
            names = {"-o", "--output-dir"},
            paramLabel = "FOLDER",
            defaultValue = "runs/similarity",
            description = "Where similarity.csv, similarity.png and heat_map.png go; runs/similarity.")
    private Path outputDir = Path.of("");

    @Option(names = "--image", paramLabel = "FILE", description = "Draw heat maps of this image, too.")
    private @Nullable Path image;

    @Option(
            names = "--patch",
            paramLabel = "N",
            defaultValue = "-1",
            description = "The patch that the others are compared with in heat maps; the one in the middle.")
    private int patch;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        LinprobeConfig first = images.load(weights(checkpoints.get(0)));
        return Ranks.run(spec.commandLine(), first.dist(), first.engine(), world -> {
            List<Curve> curves = new ArrayList<>();
            List<TileSheet.Row> maps = new ArrayList<>();
            for (String named : checkpoints) {
                String weights = weights(named);
                boolean hasName = weights.length() < named.length();
                String name = hasName
                        ? named.substring(0, named.indexOf('='))
                        : String.valueOf(Path.of(weights).getFileName());
                measure(name, images.load(weights), world, curves, maps);
            }
            if (world.rank() == 0) {
                write(new SimilarityCurves(curves), maps);
            }
        });
    }

    /** The file of an argument that may begin with a name. */
    private static String weights(String named) {
        return named.substring(named.indexOf('=') + 1);
    }

    private void measure(String name, LinprobeConfig config, World world, List<Curve> curves, List<TileSheet.Row> maps)
            throws IOException {
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        try (ImageSource source = world.together(() -> images.open(config));
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                FrozenFeatures frozen = world.together(
                        () -> FrozenFeatures.open(manager, FrozenFeatures.Asked.of(config), engine.precision()))) {
            world.requireSameImages(source.size());
            FrozenEncoder encoder = world.together(() ->
                    frozen.encoder().orElseThrow(() -> new ConfigException("--checkpoint: pixels have no layers")));
            Views views = new Views(frozen.size(), frozen.channels(), config.data());
            TokenSimilarity similarity = new TokenSimilarity(manager, encoder, views);
            FeatureExtractor.Reading reading = FeatureExtractor.Reading.of(
                    config, world, engine.threads(), Ranks.notes(spec.commandLine(), world));
            curves.add(similarity.curve(name, source, reading, world));
            if (image != null && world.rank() == 0) {
                ImageSource.Content content = new ImageSource.Encoded(Files.readAllBytes(image));
                maps.add(new TileSheet.Row(name, similarity.tiles(content, patch)));
            }
        }
    }

    private void write(SimilarityCurves curves, List<TileSheet.Row> maps) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Files.createDirectories(outputDir);
        Files.writeString(outputDir.resolve("similarity.csv"), curves.csv());
        PngFile.write(curves.chart().draw(), outputDir.resolve("similarity.png"));
        if (!maps.isEmpty()) {
            PngFile.write(TileSheet.draw(maps), outputDir.resolve("heat_map.png"));
        }
        out.print(curves.table());
        out.println("Files in " + outputDir + ": similarity.csv, similarity.png"
                + (maps.isEmpty() ? "" : ", heat_map.png (image, embedding, blocks, norm)"));
        out.flush();
    }
}
