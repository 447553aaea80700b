package asl.cli;

import asl.config.FinetuneConfig;
import asl.data.ImageFiles;
import asl.data.ImageSource;
import asl.distributed.World;
import asl.eval.ImagePredictions;
import asl.eval.ImagePredictions.Asked;
import asl.eval.TopPredictions;
import asl.eval.TopPredictions.Guess;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code asl predict}: the classes that a fine-tuned checkpoint takes images for. */
@Command(
        name = "predict",
        description = {
            "Classify images with a checkpoint of asl finetune. An image that cannot be read is named on the error stream",
            "and skipped; exit code 1 if none could be read."
        },
        mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--checkpoint",
            required = true,
            paramLabel = "PATH",
            description = "A fine-tuned checkpoint, or the folder of its run; RUN/best holds the best epoch.")
    private Path checkpoint = Path.of("");

    @Option(names = "--top", paramLabel = "K", defaultValue = "5", description = "Classes an image (${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}: a line of text, or a JSON object, an image.")
    private Format format = Format.TABLE;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Image files, or folders of images at any depth.")
    private List<Path> images = List.of();

    @Spec
    private CommandSpec spec;

    private enum Format {
        TABLE,
        JSON
    }

    @Override
    public Integer call() throws IOException {
        Asked asked = new Asked(
                checkpoint,
                top,
                sets -> options.load(FinetuneConfig.class, FinetuneConfig.DEFAULTS, sets)
                        .config());
        FinetuneConfig config = asked.config();
        return Ranks.run(spec.commandLine(), config.dist(), config.engine(), world -> predict(asked, world));
    }

    private void predict(Asked asked, World world) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (ImageSource source = world.together(() -> ImageFiles.open(images))) {
            ImagePredictions.forEach(
                    asked,
                    source,
                    world,
                    (image, found) -> out.println(line(image, found)),
                    Ranks.notes(spec.commandLine(), world));
        } finally {
            out.flush();
        }
    }

    private String line(String image, TopPredictions found) throws JsonProcessingException {
        return switch (format) {
            case TABLE -> {
                StringBuilder line = new StringBuilder(image);
                for (Guess guess : found.guesses()) {
                    line.append(String.format(Locale.ROOT, "\t%s %.2f %%", guess.label(), 100 * guess.probability()));
                }
                yield line.toString();
            }
            case JSON -> {
                ObjectNode node = JSON.createObjectNode().put("image", image);
                for (Guess guess : found.guesses()) {
                    node.withArray("predictions")
                            .addObject()
                            .put("label", guess.label())
                            .put("probability", guess.probability());
                }
                yield JSON.writeValueAsString(node);
            }
        };
    }
}
