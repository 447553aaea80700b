package asl.cli;

import asl.eval.PretrainedWeights;
import asl.eval.TrainedWith;
import asl.interop.ArchitectureGuess;
import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.DType;
import asl.interop.FloatValues;
import asl.interop.ImportPlan;
import asl.interop.ImportPlan.Grid;
import asl.interop.ImportPlan.Target;
import asl.interop.Safetensors;
import asl.interop.TensorInfo;
import asl.interop.VitWeights;
import asl.interop.WholeFiles;
import asl.interop.WholeFiles.Existing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code asl import}: public weights of any known format as safetensors under our names, fitted to other images if asked. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Convert MAE, timm, Hugging Face or JAX weights to safetensors, and say what became of each.")
final class ImportCommand implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})(?:x(\\d{1,5}))?");

    @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "A .pth, .safetensors, .npz file or a folder.")
    private Path source = Path.of("");

    @Parameters(index = "1", paramLabel = "FILE", description = "The safetensors file to write.")
    private Path target = Path.of("");

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Interpolate positions for images of 224 or 192x256 (height x width) pixels.")
    private String imageSize = "";

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
            List<TensorInfo> wanted = tensors(checkpoint, found, grid(found));
            ImportPlan plan = ImportPlan.of(
                    checkpoint,
                    new Target(wanted, grid(found), Optional.empty(), Set.of(), PretrainedWeights::interpolated));
            plan.lines().forEach(out::println);
            out.flush();
            require(plan);
            List<TensorInfo> tensors =
                    wanted.stream().filter(tensor -> plan.has(tensor.name())).toList();
            WholeFiles.write(
                    target,
                    overwrite ? Existing.REPLACE : Existing.KEEP,
                    part -> Safetensors.write(
                            part,
                            metadata(checkpoint),
                            tensors,
                            tensor -> FloatValues.bytes(plan.values(tensor.name()))));
            out.println("wrote " + target);
            out.flush();
            return ExitCode.OK;
        }
    }

    private Grid grid(ArchitectureGuess found) throws IOException {
        if (imageSize.isEmpty()) {
            int side = found.gridSide()
                    .orElseThrow(() -> new IOException(source + ": " + found.patches()
                            + " positions are no square; say what images they are for by --image-size"));
            return new Grid(side, side);
        }
        Matcher size = SIZE.matcher(imageSize);
        int patch = found.patchSize();
        if (!size.matches()) {
            throw new ParameterException(spec.commandLine(), "--image-size " + imageSize + ": expected 224 or 192x256");
        }
        int height = Integer.parseInt(size.group(1));
        int width = size.group(2) == null ? height : Integer.parseInt(size.group(2));
        if (height < patch || width < patch || height % patch != 0 || width % patch != 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--image-size " + imageSize + ": does not divide into the patches of " + patch
                            + " pixels that the weights are of");
        }
        return new Grid(height / patch, width / patch);
    }

    private void require(ImportPlan plan) throws IOException {
        try {
            plan.require(allowMissing);
        } catch (IOException e) {
            throw new IOException(source + ": " + e.getMessage(), e);
        }
    }

    /** What the source says of itself, but for the configuration of its run, which is not that of what is written. */
    private Map<String, String> metadata(CanonicalWeights checkpoint) {
        Map<String, String> texts = new TreeMap<>(checkpoint.metadata());
        texts.remove(TrainedWith.CONFIG);
        texts.remove("optimizer");
        texts.put("format", "pt"); // what loaders of PyTorch weights look for
        texts.put("source", String.valueOf(source.getFileName()));
        return texts;
    }

    /** The encoder's weights as wanted, and whatever else the checkpoint has, which keeps its shape but for positions. */
    private List<TensorInfo> tensors(CanonicalWeights checkpoint, ArchitectureGuess found, Grid grid) {
        ArchitectureGuess wanted = new ArchitectureGuess(
                found.width(),
                found.depth(),
                found.patchSize(),
                channels > 0 ? channels : found.channels(),
                grid.height() * grid.width(),
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
                                        tensor.name(),
                                        DType.F32,
                                        1,
                                        1 + (long) grid.height() * grid.width(),
                                        found.decoderWidth())
                                : tensor);
            }
        }
        return tensors;
    }
}
