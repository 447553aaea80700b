package asl.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Opens weights in any format that we know, which is told by the content, never by the name. */
public final class CheckpointReader {
    /** What a folder may keep its weights in, the first that is there. */
    private static final List<String> IN_FOLDER = List.of("model.safetensors", "pytorch_model.bin");

    private static final int LONGEST_NAME = 256;
    private static final byte[] PICKLE = {(byte) 0x80};
    /** The number of its version, a message's first field; all have been below 16 so far. */
    private static final byte[] ONNX = {8};

    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F'};

    private CheckpointReader() {}

    /**
     * Opens a file; or the file in a folder, be it one of Hugging Face, one of our checkpoints or that of a whole run, whose
     * newest checkpoint counts.
     *
     * @throws IOException of one line that names the file and what is wrong with it
     */
    public static CanonicalWeights open(Path path) throws IOException {
        Path file = find(path);
        return openFile(file, Files.isDirectory(path) ? ModelFacts.beside(file) : Map.of());
    }

    /** The file that {@link #open} reads. */
    public static Path find(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (!Files.isDirectory(path)) {
            return path;
        }
        for (Path folder : List.of(path, newest(path), newest(path.resolve("checkpoints")))) {
            for (String name : IN_FOLDER) {
                if (Files.exists(folder.resolve(name))) {
                    return folder.resolve(name);
                }
            }
        }
        if (Files.exists(path.resolve("model.safetensors.index.json"))) {
            throw new IOException(path + ": the weights are spread over several files; save them as one");
        }
        throw new IOException(path + ": a folder without " + String.join(" or ", IN_FOLDER)
                + ", and not that of a run; name a file of weights");
    }

    /** The checkpoint that a folder of checkpoints calls its latest, else the folder itself. */
    private static Path newest(Path checkpoints) throws IOException {
        Path latest = checkpoints.resolve("latest");
        return Files.isRegularFile(latest) && Files.size(latest) < LONGEST_NAME
                ? checkpoints.resolve(Files.readString(latest).strip())
                : checkpoints;
    }

    private static CanonicalWeights openFile(Path path, Map<String, String> beside) throws IOException {
        CheckpointFormat format = format(path);
        TensorFile file = switch (format) {
            case SAFETENSORS -> Safetensors.open(path);
            case PYTORCH -> PthFile.open(path);
            case NPZ -> NpzArchive.open(path);
            case ONNX -> OnnxFile.open(path);
        };
        try {
            return new CanonicalWeights(format, file, beside);
        } catch (IOException e) {
            file.close();
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private static CheckpointFormat format(Path path) throws IOException {
        if (FileKind.startsWith(path, FileKind.ZIP)) {
            try (ZipContents zip = ZipContents.open(path)) {
                boolean arrays = zip.names().stream().anyMatch(name -> name.endsWith(".npy"));
                return arrays ? CheckpointFormat.NPZ : CheckpointFormat.PYTORCH;
            }
        }
        // The first byte of safetensors is the low one of a length, and may be that of a pickle; its ninth is a brace.
        if (FileKind.startsWith(path, PICKLE) && !FileKind.hasAt(path, Long.BYTES, '{')) {
            return CheckpointFormat.PYTORCH;
        }
        if (FileKind.startsWith(path, ONNX) && !FileKind.hasAt(path, Long.BYTES, '{')) {
            return CheckpointFormat.ONNX;
        }
        if (FileKind.startsWith(path, HDF5)) {
            throw new IOException(path + ": HDF5 is not read; save the weights as safetensors, .pth or .npz");
        }
        return CheckpointFormat.SAFETENSORS;
    }
}
