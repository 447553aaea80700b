package asl.cli;

import asl.interop.ArchitectureGuess;
import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.DType;
import asl.interop.FloatValues;
import asl.interop.ImportPlan;
import asl.interop.ImportPlan.Target;
import asl.interop.Safetensors;
import asl.interop.TensorInfo;
import asl.interop.VitWeights;
import asl.interop.WholeFiles;
import asl.interop.WholeFiles.Existing;
import asl.model.PositionInterpolation;
import asl.model.PositionInterpolation.Grid;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code asl import}: public weights of any known format as safetensors under our names, fitted to other images if asked. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Convert MAE, timm, Hugging Face or JAX weights to safetensors, and say what became of each.")
final class ImportCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "A .pth, .safetensors, .npz file or a folder.")
    private Path source = Path.of("");

    @Parameters(index = "1", paramLabel = "FILE", description = "The safetensors file to write.")
    private Path target = Path.of("");

    @Option(names = "--image-size", paramLabel = "PIXELS", description = "Interpolate positions for square images.")
    private int imageSize;

    @Option(names = "--channels", description = "Fit the patch embedding to images of so many channels.")
    private int channels;

    @Option(names = "--encoder", description = "Leave out decoder, AEE layer and head.")
    private boolean encoder;

    @Option(names = "--allow-missing", description = "Convert what there is, though weights are missing or unknown.")
    private boolean allowMissing;

    @Option(names = "--overwrite", description = "Replace FILE if it exists.")
    private boolean overwrite;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (CanonicalWeights checkpoint = CheckpointReader.open(source)) {
            ArchitectureGuess found = checkpoint
                    .architecture()
                    .orElseThrow(() -> new IOException(source + ": the weights are not a vision transformer's"));
            int side = imageSize > 0
                    ? imageSize / found.patchSize()
                    : found.gridSide()
                            .orElseThrow(() -> new IOException(source + ": " + found.patches()
                                    + " positions are no square; say what images they are for by --image-size"));
            ImportPlan plan = ImportPlan.of(
                    checkpoint, new Target(tensors(checkpoint, found, side), side, side, ImportCommand::fit));
            plan.lines().forEach(out::println);
            out.flush();
            plan.require(allowMissing);
            List<TensorInfo> tensors = tensors(checkpoint, found, side).stream()
                    .filter(tensor -> plan.has(tensor.name()))
                    .toList();
            Map<String, String> texts = Map.of("format", "pt", "source", String.valueOf(source.getFileName()));
            WholeFiles.write(
                    target,
                    overwrite ? Existing.REPLACE : Existing.KEEP,
                    part -> Safetensors.write(
                            part, texts, tensors, tensor -> FloatValues.bytes(plan.values(tensor.name()))));
            out.println("wrote " + target);
            out.flush();
            return ExitCode.OK;
        }
    }

    /** The encoder's weights as wanted, and whatever else the checkpoint has, which keeps its shape but for positions. */
    private List<TensorInfo> tensors(CanonicalWeights checkpoint, ArchitectureGuess found, int side) {
        ArchitectureGuess wanted = new ArchitectureGuess(
                found.width(),
                found.depth(),
                found.patchSize(),
                channels > 0 ? channels : found.channels(),
                side * side,
                found.decoderWidth(),
                found.decoderDepth(),
                found.classes(),
                found.parts());
        List<TensorInfo> tensors = new ArrayList<>(VitWeights.encoder(wanted));
        for (TensorInfo tensor : checkpoint.tensors()) {
            if (!encoder && VitWeights.beyondEncoder(tensor.name())) {
                boolean positions = tensor.name().equals("decoder_pos_embed");
                tensors.add(
                        positions
                                ? new TensorInfo(
                                        tensor.name(), DType.F32, 1, 1 + (long) side * side, found.decoderWidth())
                                : tensor);
            }
        }
        return tensors;
    }

    private static float[] fit(float[] table, int width, int[] from, int[] to) {
        return PositionInterpolation.fit(table, width, new Grid(from[0], from[1]), new Grid(to[0], to[1]));
    }
}
