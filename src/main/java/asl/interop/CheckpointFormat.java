package asl.interop;

/** Kinds of files that hold weights. */
public enum CheckpointFormat {
    SAFETENSORS,
    /** {@code torch.save}, of any version, or TorchScript. */
    PYTORCH,
    NPZ,
    ONNX
}
