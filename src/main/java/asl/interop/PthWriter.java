package asl.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes {@code {"model": state_dict, ...}} as {@code torch.save} does; {@code torch.load} takes it, weights_only or not. */
public final class PthWriter {
    private PthWriter() {}

    /**
     * Writes a new file, one tensor at a time, down to the disk.
     *
     * @param metadata texts that stand beside {@code model}
     */
    public static void write(Path path, Map<String, String> metadata, List<TensorInfo> tensors, Safetensors.Data data)
            throws IOException {
        PickleWriter pickle = new PickleWriter();
        pickle.code('}').mark().text("model").orderedDictionary();
        for (int i = 0; i < tensors.size(); i++) {
            pickle.text(tensors.get(i).name()).tensor(tensors.get(i), String.valueOf(i));
        }
        pickle.code('u');
        metadata.forEach((key, value) -> pickle.text(key).text(value));
        try (TorchArchiveWriter archive = new TorchArchiveWriter(path)) {
            archive.add("data.pkl", pickle.code('u').finish());
            archive.add("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < tensors.size(); i++) {
                archive.add("data/" + i, data.of(tensors.get(i)));
            }
            archive.add("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
