package asl.interop;

/** Kinds of files that {@link Exporter} writes. */
public enum ExportFormat {
    /** timm's names. */
    SAFETENSORS(".safetensors"),
    /** {@code torch.save}: {@code {"model": state_dict}}, timm's names. */
    PTH(".pth"),
    /** A folder: {@code config.json}, {@code preprocessor_config.json}, {@code model.safetensors}. */
    HUGGING_FACE(""),
    /** An encoder to run with PyTorch, C++ or DJL. */
    TORCHSCRIPT(".pt"),
    /** An encoder to run with any ONNX runtime. */
    ONNX(".onnx");

    private final String ending;

    ExportFormat(String ending) {
        this.ending = ending;
    }

    /** How names of files end, nothing for a folder. */
    public String ending() {
        return ending;
    }

    /** Whether the file holds a program beside the weights, and so the encoder alone. */
    public boolean runs() {
        return this == TORCHSCRIPT || this == ONNX;
    }
}
