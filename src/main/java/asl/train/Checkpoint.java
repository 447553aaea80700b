package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.interop.DType;
import asl.interop.Safetensors;
import asl.interop.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run at one step: {@code model.safetensors} (all weights by timm name, the decoder too) and {@code
 * optimizer.safetensors} in a folder of their own. Nothing random has to be kept, since every draw is a function of seed,
 * epoch and sample; the step tells the position in the data.
 */
public final class Checkpoint {
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";

    private Checkpoint() {}

    /** Writes both files into an empty folder, down to the disk. */
    static void write(
            Path folder, Map<String, NDArray> weights, Map<String, NDArray> optimizer, Map<String, String> metadata)
            throws IOException {
        write(folder.resolve(MODEL), weights, metadata);
        write(folder.resolve(OPTIMIZER), optimizer, metadata);
    }

    private static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) throws IOException {
        List<TensorInfo> tensors = new ArrayList<>();
        arrays.forEach((name, array) ->
                tensors.add(new TensorInfo(name, DType.F32, array.getShape().getShape())));
        Map<String, String> texts = new LinkedHashMap<>(Map.of("format", "pt"));
        texts.putAll(new TreeMap<>(metadata));
        Safetensors.write(file, texts, tensors, tensor -> {
            NDArray array = arrays.get(tensor.name());
            if (array == null || array.getDataType() != DataType.FLOAT32) {
                throw new IllegalArgumentException(tensor.name() + " is not float32");
            }
            return array.toByteBuffer();
        });
    }

    /** The texts that were written beside the weights; throws an IOException where a file is not whole. */
    static Map<String, String> metadata(Path folder) throws IOException {
        try (Safetensors model = Safetensors.open(folder.resolve(MODEL));
                Safetensors optimizer = Safetensors.open(folder.resolve(OPTIMIZER))) {
            if (!model.metadata().equals(optimizer.metadata())) {
                throw new IOException(folder + ": its two files are not of one step");
            }
            return model.metadata();
        }
    }

    /** Fills the arrays from both files; throws an IOException that names the first differences if they do not fit. */
    static void read(NDManager manager, Path folder, Map<String, NDArray> weights, Map<String, NDArray> optimizer)
            throws IOException {
        read(manager, folder.resolve(MODEL), weights);
        read(manager, folder.resolve(OPTIMIZER), optimizer);
    }

    private static void read(NDManager manager, Path path, Map<String, NDArray> arrays) throws IOException {
        try (Safetensors file = Safetensors.open(path)) {
            List<String> differences = differences(file, arrays);
            if (!differences.isEmpty()) {
                throw new IOException(path + ": of another model than the configuration's: "
                        + String.join(", ", differences.subList(0, Math.min(4, differences.size())))
                        + (differences.size() > 4 ? " and " + (differences.size() - 4) + " more" : ""));
            }
            for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
                ByteBuffer data = file.data(entry.getKey()).order(ByteOrder.LITTLE_ENDIAN);
                Shape shape = entry.getValue().getShape();
                try (NDArray loaded = manager.create(data, shape, DataType.FLOAT32)) {
                    loaded.copyTo(entry.getValue());
                }
            }
        }
    }

    private static List<String> differences(Safetensors file, Map<String, NDArray> arrays) {
        Map<String, TensorInfo> there = new LinkedHashMap<>();
        file.tensors().forEach(tensor -> there.put(tensor.name(), tensor));
        List<String> differences = new ArrayList<>();
        arrays.forEach((name, array) -> {
            TensorInfo tensor = there.remove(name);
            TensorInfo wanted = new TensorInfo(name, DType.F32, array.getShape().getShape());
            if (tensor == null) {
                differences.add("no " + name);
            } else if (!tensor.equals(wanted)) {
                differences.add(name + " is " + tensor.dtype() + " " + tensor.shape() + ", not " + wanted.shape());
            }
        });
        there.keySet().forEach(name -> differences.add(name + " is unknown here"));
        return differences;
    }
}
