package asl.interop;

import java.util.Arrays;
import java.util.List;

/**
 * Name, element type and sizes of a tensor.
 *
 * @param shape sizes, outermost first; empty for a scalar
 */
public record TensorInfo(String name, DType dtype, List<Long> shape) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    public TensorInfo(String name, DType dtype, long... shape) {
        this(name, dtype, Arrays.stream(shape).boxed().toList());
    }

    /** Number of elements; throws ArithmeticException where no file could hold so many. */
    public long size() {
        long size = 1;
        for (long length : shape) {
            size = Math.multiplyExact(size, length);
        }
        return size;
    }

    /** Bytes of the data; throws ArithmeticException where no file could hold so many. */
    public long byteSize() {
        return Math.multiplyExact(size(), dtype.bytes());
    }
}
