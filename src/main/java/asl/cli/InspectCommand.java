package asl.cli;

import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.Printable;
import asl.interop.TensorInfo;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code asl inspect}: what a checkpoint of any known format holds, and how two differ. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Say what a checkpoint holds: architecture, weights, norms, metadata; compare two.")
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CHECKPOINT", description = "A file or folder of weights.")
    private Path source = Path.of("");

    @Option(names = "--against", paramLabel = "CHECKPOINT", description = "Compare with these weights.")
    private @Nullable Path against;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (CanonicalWeights checkpoint = CheckpointReader.open(source)) {
            ObjectNode page = against == null ? page(checkpoint) : comparison(checkpoint, against);
            Page.print(page, json, out);
            out.flush();
            return ExitCode.OK;
        }
    }

    private ObjectNode page(CanonicalWeights checkpoint) throws IOException {
        ObjectNode page = Page.empty();
        page.put("format", lower(checkpoint.format()));
        page.put("naming", checkpoint.naming().map(InspectCommand::lower).orElse("unknown"));
        Path file = CheckpointReader.find(source);
        page.put("file", file.toString());
        boolean optimizer = checkpoint.metadata().containsKey("optimizer")
                || Files.exists(file.resolveSibling("optimizer.safetensors"));
        page.put("optimizer", optimizer);
        checkpoint.architecture().ifPresent(vit -> {
            ObjectNode architecture = page.putObject("architecture");
            vit.size().ifPresent(size -> architecture.put("size", size));
            architecture.put("width", vit.width()).put("depth", vit.depth());
            architecture.put("patch_size", vit.patchSize()).put("channels", vit.channels());
            architecture.put("patches", vit.patches()).put("classes", vit.classes());
            architecture.put("decoder_width", vit.decoderWidth()).put("decoder_depth", vit.decoderDepth());
            architecture.put(
                    "parts",
                    String.join(
                            ", ",
                            vit.parts().stream()
                                    .map(InspectCommand::lower)
                                    .sorted()
                                    .toList()));
        });
        List<TensorInfo> stored = checkpoint.file().tensors();
        page.put("parameters", stored.stream().mapToLong(TensorInfo::size).sum());
        page.put("bytes", stored.stream().mapToLong(TensorInfo::byteSize).sum());
        ObjectNode metadata = page.putObject("metadata");
        checkpoint.metadata().forEach((key, text) -> metadata.put(key, json ? text : Printable.lines(text)));
        ObjectNode weights = page.putObject("weights");
        for (TensorInfo tensor : checkpoint.tensors()) {
            double norm = norm(checkpoint.floats(tensor.name()));
            if (json) {
                ObjectNode weight = weights.putObject(tensor.name());
                tensor.shape().forEach(weight.putArray("shape")::add);
                weight.put("norm", norm);
            } else {
                weights.put(tensor.name(), tensor.shape() + " norm " + figure(norm));
            }
        }
        ObjectNode types = page.putObject("stored_as");
        for (TensorInfo tensor : stored) {
            if (json) {
                ObjectNode type = types.putObject(tensor.name());
                type.put("dtype", tensor.dtype().name()).put("bytes", tensor.byteSize());
                tensor.shape().forEach(type.putArray("shape")::add);
            } else {
                types.put(tensor.name(), tensor.dtype() + " " + tensor.shape() + ", " + tensor.byteSize() + " bytes");
            }
        }
        return page;
    }

    private static ObjectNode comparison(CanonicalWeights checkpoint, Path path) throws IOException {
        ObjectNode page = Page.empty();
        try (CanonicalWeights other = CheckpointReader.open(path)) {
            Set<TensorInfo> theirs = new HashSet<>(other.tensors());
            ObjectNode different = page.putObject("different");
            int equal = 0;
            for (TensorInfo tensor : checkpoint.tensors()) {
                if (!theirs.remove(tensor)) {
                    different.put(tensor.name(), "only in the first, or of another shape: " + tensor.shape());
                    continue;
                }
                double largest = largest(checkpoint.floats(tensor.name()), other.floats(tensor.name()));
                if (largest == 0) {
                    equal++;
                } else {
                    different.put(tensor.name(), "largest difference " + figure(largest));
                }
            }
            theirs.forEach(tensor ->
                    different.put(tensor.name(), "only in the second, or of another shape: " + tensor.shape()));
            page.put("equal", equal);
        }
        return page;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** Not a number where either holds one that is none. */
    private static double largest(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
