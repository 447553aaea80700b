package asl.interop;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a model for others; a file appears under its name when it is complete. */
public final class Exporter {
    private Exporter() {}

    /**
     * Writes a file, or a folder for Hugging Face; what exists already is left alone.
     *
     * @param full the decoder and AEE's layer too, where the format takes them
     * @param metadata texts to keep with the weights: configuration, step, data set, licence
     */
    public static void write(
            ExportModel model, ExportFormat format, boolean full, Path target, Map<String, String> metadata)
            throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        CanonicalWeights weights = model.checkpoint();
        switch (format) {
            case SAFETENSORS -> {
                Map<String, String> texts = new LinkedHashMap<>(metadata);
                texts.put("format", "pt"); // what loaders of PyTorch weights look for
                whole(
                        target,
                        part -> Safetensors.write(
                                part, texts, model.tensors(full), tensor -> weights.data(tensor.name())));
            }
            case PTH ->
                whole(
                        target,
                        part -> PthWriter.write(
                                part, metadata, model.tensors(full), tensor -> weights.data(tensor.name())));
            case HUGGING_FACE -> new HuggingFaceFolder(model, full).write(target, metadata);
            case TORCHSCRIPT -> whole(target, part -> TorchScriptExport.write(model, part));
            case ONNX -> OnnxExport.write(model, target, metadata); // may name a second file, so it is written in place
        }
    }

    private interface Writer {
        void write(Path path) throws IOException;
    }

    private static void whole(Path target, Writer writer) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            writer.write(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
