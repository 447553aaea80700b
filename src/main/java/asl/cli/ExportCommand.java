package asl.cli;

import asl.config.ImageSize;
import asl.eval.PretrainedWeights;
import asl.eval.TrainedWith;
import asl.interop.ArchitectureGuess;
import asl.interop.ArchitectureGuess.Part;
import asl.interop.CanonicalWeights;
import asl.interop.Contents;
import asl.interop.ExportFormat;
import asl.interop.ExportModel;
import asl.interop.ExportModel.Heads;
import asl.interop.ExportModel.Pixels;
import asl.interop.Exporter;
import asl.interop.ModelFacts;
import asl.interop.WholeFiles.Existing;
import asl.ops.ClassifierKernels.Normalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code asl export}: weights for timm, Hugging Face, PyTorch, DJL or an ONNX runtime. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write a checkpoint for others: safetensors, pth, hugging_face, torchscript or onnx.")
final class ExportCommand implements Callable<Integer> {
    /** The decoder of MAE, whose heads no shape tells. */
    private static final int MAE_DECODER_WIDTH = 512;

    private static final int MAE_DECODER_HEADS = 16;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint's file or folder, or the folder of a run.")
    private Path source = Path.of("");

    @Option(names = "--format", required = true, description = "${COMPLETION-CANDIDATES}.")
    private ExportFormat format = ExportFormat.SAFETENSORS;

    @Option(names = "--output", required = true, paramLabel = "FOLDER", description = "Where to write to.")
    private Path folder = Path.of("");

    @Option(names = "--full", description = "The decoder and the layer of AEE too, not the encoder alone.")
    private boolean full;

    @Option(names = "--classifier", description = "The encoder with its fine-tuned head and the names of the classes.")
    private boolean classifier;

    @Option(names = "--heads", description = "Attention heads, where neither checkpoint nor width tells them.")
    private int heads;

    @Option(names = "--decoder-heads", description = "Attention heads of the decoder, for hugging_face --full.")
    private int decoderHeads;

    @Option(names = "--data-set", paramLabel = "TEXT", description = "Written into the metadata.")
    private String dataSet = "";

    @Option(names = "--licence", paramLabel = "TEXT", description = "Written into the metadata.")
    private String licence = "";

    @Option(names = "--overwrite", description = "Replace what has the name of the file.")
    private boolean overwrite;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (full && (format.runs() || classifier)) {
            throw new ParameterException(
                    spec.commandLine(),
                    classifier
                            ? "--full, --classifier: ask for one of them"
                            : "--full: " + format + " files hold no decoder");
        }
        Contents contents = classifier ? Contents.CLASSIFIER : full ? Contents.FULL : Contents.ENCODER;
        try (PretrainedWeights weights = PretrainedWeights.open(source)) {
            CanonicalWeights checkpoint = weights.weights();
            if (classifier
                    && checkpoint.architecture().stream()
                            .noneMatch(a -> a.parts().contains(Part.HEAD))) {
                throw new IOException(weights.path() + ": has no head; --classifier is for fine-tuned checkpoints");
            }
            Path target = folder.resolve(contents.name().toLowerCase(Locale.ROOT)
                    + (format == ExportFormat.HUGGING_FACE ? "_hugging_face" : format.ending()));
            Files.createDirectories(folder);
            Heads known = heads(checkpoint, weights.trainedWith());
            Pixels pixels = pixels(weights.trainedWith());
            Map<String, String> metadata = new TreeMap<>(checkpoint.metadata());
            metadata.remove("format"); // of the file that was read
            metadata.putAll(ModelFacts.texts(known, pixels));
            put(metadata, "licence", licence);
            put(metadata, "data_set", dataSet.isEmpty() ? weights.trainedWith().dataSet() : dataSet);
            new Exporter(new ExportModel(checkpoint, known, pixels), contents, metadata)
                    .write(format, target, overwrite ? Existing.REPLACE : Existing.KEEP);
            spec.commandLine().getOut().println("wrote " + target);
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
    }

    private static void put(Map<String, String> metadata, String key, String text) {
        if (!text.isEmpty()) {
            metadata.put(key, text);
        }
    }

    private Heads heads(CanonicalWeights checkpoint, TrainedWith trained) {
        int decoderWidth =
                checkpoint.architecture().map(ArchitectureGuess::decoderWidth).orElse(0);
        int usual = decoderWidth == MAE_DECODER_WIDTH ? MAE_DECODER_HEADS : 0;
        int decoder = ModelFacts.decoderHeads(checkpoint.metadata(), decoderWidth)
                .orElse(trained.decoderHeads().orElse(usual));
        return new Heads(
                heads > 0 ? heads : trained.model().attentionHeads(), decoderHeads > 0 ? decoderHeads : decoder);
    }

    private static Pixels pixels(TrainedWith trained) {
        ImageSize size = trained.model().imageSize();
        Normalization pixels = trained.pixels().orElse(TrainedWith.IMAGENET);
        return new Pixels(List.of(size.height(), size.width()), pixels.mean(), pixels.std());
    }
}
