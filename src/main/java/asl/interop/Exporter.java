package asl.interop;

import asl.interop.WholeFiles.Existing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes a model for others; a file appears under its name when it is complete. */
public final class Exporter {
    private final ExportModel model;
    private final Contents contents;
    private final Map<String, String> metadata;

    /**
     * Prepares an export.
     *
     * @param metadata texts to keep with the weights: configuration, step, data set, licence
     */
    public Exporter(ExportModel model, Contents contents, Map<String, String> metadata) {
        this.model = model;
        this.contents = contents;
        this.metadata = Map.copyOf(metadata);
    }

    /** Writes a file, or a folder for Hugging Face. */
    public void write(ExportFormat format, Path target, Existing existing) throws IOException {
        CanonicalWeights weights = model.checkpoint();
        Safetensors.Data data = tensor -> weights.data(tensor.name());
        WholeFiles.write(target, existing, part -> {
            switch (format) {
                case SAFETENSORS -> {
                    Map<String, String> texts = new TreeMap<>(metadata);
                    texts.put("format", "pt"); // what loaders of PyTorch weights look for
                    Safetensors.write(part, texts, model.tensors(contents), data);
                }
                case PTH -> PthWriter.write(part, new TreeMap<>(metadata), model.tensors(contents), data);
                case HUGGING_FACE -> new HuggingFaceFolder(model, contents).write(part, new TreeMap<>(metadata));
                case TORCHSCRIPT -> TorchScriptExport.write(model, contents, part, new TreeMap<>(metadata));
                case ONNX -> OnnxExport.write(model, contents, part, new TreeMap<>(metadata));
            }
        });
    }
}
