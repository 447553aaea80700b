package asl.cli;

import asl.config.RunConfig.ModelConfig;
import asl.eval.PretrainedWeights;
import asl.eval.TrainedWith;
import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.ExportFormat;
import asl.interop.ExportModel;
import asl.interop.ExportModel.Heads;
import asl.interop.ExportModel.Pixels;
import asl.interop.Exporter;
import asl.interop.WholeFiles.Existing;
import asl.ops.ClassifierKernels.Normalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    @Option(names = "--heads", description = "Attention heads, where neither checkpoint nor width tells them.")
    private int heads;

    @Option(names = "--decoder-heads", description = "Attention heads of the decoder, for hugging_face --full.")
    private int decoderHeads;

    @Option(names = "--licence", paramLabel = "TEXT", description = "Written into the metadata.")
    private String licence = "";

    @Option(names = "--overwrite", description = "Replace what has the name of the file.")
    private boolean overwrite;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (full && format.runs()) {
            throw new ParameterException(spec.commandLine(), "--full: " + format + " files hold the encoder alone");
        }
        try (PretrainedWeights weights = PretrainedWeights.open(source);
                CanonicalWeights checkpoint = CheckpointReader.open(weights.path())) {
            Path target = folder.resolve((full ? "full" : "encoder")
                    + (format == ExportFormat.HUGGING_FACE ? "_hugging_face" : format.ending()));
            Files.createDirectories(folder);
            ExportModel model = model(checkpoint, weights.trainedWith());
            Exporter exporter = new Exporter(model, full, metadata(checkpoint));
            exporter.write(format, target, overwrite ? Existing.REPLACE : Existing.KEEP);
            spec.commandLine().getOut().println("wrote " + target);
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
    }

    private ExportModel model(CanonicalWeights checkpoint, TrainedWith trained) {
        ModelConfig model = trained.model();
        int decoder = decoderHeads;
        if (decoder == 0 && checkpoint.architecture().stream().anyMatch(a -> a.decoderWidth() == MAE_DECODER_WIDTH)) {
            decoder = MAE_DECODER_HEADS;
        }
        List<Integer> size =
                List.of(model.imageSize().height(), model.imageSize().width());
        Normalization pixels = trained.pixels().orElse(TrainedWith.IMAGENET);
        return new ExportModel(
                checkpoint,
                new Heads(heads > 0 ? heads : model.attentionHeads(), decoder),
                new Pixels(size, pixels.mean(), pixels.std()));
    }

    private Map<String, String> metadata(CanonicalWeights checkpoint) {
        Map<String, String> metadata = new LinkedHashMap<>(checkpoint.metadata());
        metadata.remove("format"); // of the file that was read
        if (!licence.isEmpty()) {
            metadata.put("licence", licence);
        }
        return metadata;
    }
}
