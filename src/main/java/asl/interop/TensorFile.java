package asl.interop;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** A file of named tensors. Data is read when it is asked for. */
public interface TensorFile extends Closeable {
    /** All tensors, in the file's order. */
    List<TensorInfo> tensors();

    /** The data of one tensor: little-endian, row-major, without gaps. */
    ByteBuffer data(String name) throws IOException;

    /** Text beside the tensors. */
    Map<String, String> metadata();

    /** What is known of one tensor; throws IllegalArgumentException if there is none of that name. */
    default TensorInfo info(String name) {
        return tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + ": no such tensor in the file"));
    }
}
