package asl.cli;

import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.LinprobeConfig;
import asl.data.ImageSource;
import asl.data.Views;
import asl.distributed.World;
import asl.eval.EmbeddedTokens;
import asl.eval.EmbeddedTokens.Kind;
import asl.eval.EmbeddingFile;
import asl.eval.FeatureExtractor;
import asl.eval.FrozenFeatures;
import asl.model.FrozenEncoder;
import asl.ops.Engines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl embed}: features of any images to a NumPy file; ranks share the images out, and rank 0 writes. */
@Command(
        name = "embed",
        description = "Write the features of images to .npy or .npz, their names beside them to .csv.",
        mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
    @Mixin
    private final SourceOptions images = new SourceOptions();

    @Option(names = "--checkpoint", required = true, paramLabel = "FILE", description = "Weights, or a run's folder.")
    private String checkpoint = "";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The .npy (one kind) or .npz file to write.")
    private Path output = Path.of("");

    @Option(
            names = "--tokens",
            split = ",",
            defaultValue = "cls",
            paramLabel = "KIND",
            description = "cls, avg (mean of the patch tokens), patch (all of them), or several; cls by default.")
    private List<Kind> kinds = List.of();

    @Option(names = "--overwrite", description = "Replace files that are there already.")
    private boolean overwrite;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<Kind> wanted = kinds.stream().distinct().sorted().toList();
        LinprobeConfig config = images.load(checkpoint);
        return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> {
            world.together(() -> {
                if (world.rank() == 0) {
                    EmbeddingFile.check(output, wanted, overwrite);
                }
                return output;
            });
            embed(config, wanted, world);
        });
    }

    private void embed(LinprobeConfig config, List<Kind> wanted, World world) throws IOException {
        Consumer<String> notes = Ranks.notes(spec.commandLine(), world);
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        try (ImageSource source = world.together(() -> images.open(config));
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                FrozenFeatures frozen = world.together(
                        () -> FrozenFeatures.open(manager, FrozenFeatures.Asked.of(config), engine.precision()))) {
            FrozenEncoder encoder = world.together(() ->
                    frozen.encoder().orElseThrow(() -> new ConfigException("--checkpoint: pixels need no encoder")));
            EmbeddedTokens tokens = new EmbeddedTokens(encoder, wanted);
            FeatureExtractor extractor = new FeatureExtractor(
                    manager,
                    tokens,
                    new Views(frozen.size(), frozen.channels(), config.data()),
                    FeatureExtractor.Reading.of(config, world, engine.threads(), notes));
            if (world.rank() == 0) {
                frozen.notes().forEach(notes);
                write(extractor, tokens, source, world);
            } else {
                extractor.forEachInOrder(source, world, (rows, values) -> {});
            }
        }
    }

    private void write(FeatureExtractor extractor, EmbeddedTokens tokens, ImageSource source, World world)
            throws IOException {
        try (EmbeddingFile file = new EmbeddingFile(output, tokens, source)) {
            extractor.forEachInOrder(source, world, file::append);
            List<Path> written = file.complete();
            PrintWriter out = spec.commandLine().getOut();
            out.println(file.rows() + " of " + source.size() + " images to " + written.get(0) + ", names to "
                    + written.get(1));
            out.flush();
        }
    }
}
