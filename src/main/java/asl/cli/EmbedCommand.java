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
import asl.ops.Engines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl embed}: features of any images to a NumPy file. One process does it all. */
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
        EmbeddingFile.check(output, wanted, overwrite);
        LinprobeConfig config = images.load(checkpoint);
        PrintWriter err = spec.commandLine().getErr();
        try (World world = World.single();
                ImageSource source = images.open(config)) {
            Engines.Setup engine = Engines.open(config.engine(), world.localRank(), world.cores());
            try (NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                    FrozenFeatures frozen =
                            FrozenFeatures.open(manager, FrozenFeatures.Asked.of(config), engine.precision())) {
                frozen.notes().forEach(err::println);
                EmbeddedTokens tokens = new EmbeddedTokens(
                        frozen.encoder().orElseThrow(() -> new ConfigException("--checkpoint: pixels need no encoder")),
                        wanted);
                FeatureExtractor extractor = new FeatureExtractor(
                        manager,
                        tokens,
                        new Views(frozen.size(), frozen.channels(), config.data()),
                        FeatureExtractor.Reading.of(config, world, engine.threads(), err::println));
                try (EmbeddingFile file = new EmbeddingFile(output, tokens, source)) {
                    extractor.forEach(source, (batch, values) -> file.append(batch, values.toFloatArray()));
                    List<Path> written = file.complete();
                    PrintWriter out = spec.commandLine().getOut();
                    out.println(file.rows() + " of " + source.size() + " images to " + written.get(0) + ", names to "
                            + written.get(1));
                    out.flush();
                }
            }
        }
        return ExitCode.OK;
    }
}
