package asl.distributed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Where the values of an array lie in memory. The functions are C symbols of libtorch, the same from 2.3 on. */
final class TensorAddress {
    static {
        Native.register(
                TensorAddress.class,
                LoadedLibrary.find("libtorch_cpu.so")
                        .orElseThrow(() -> new IllegalStateException("no libtorch_cpu.so in this process")));
    }

    private TensorAddress() {}

    /**
     * The address of the first value, of the host or of the array's device; valid as long as the array is.
     *
     * @throws IllegalArgumentException unless the array is float32 and lies in one piece, row after row
     */
    static long of(NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(array.getName() + " is " + array.getDataType() + ", not float32");
        }
        return ofAnyType(array);
    }

    /** The same for an array whose type DJL has no name for. */
    static long ofAnyType(NDArray array) {
        long handle = ((PtNDArray) array).getHandle();
        requireContiguous(handle, array);
        long[] address = new long[1];
        check(aoti_torch_get_data_ptr(handle, address), "aoti_torch_get_data_ptr");
        return address[0];
    }

    private static void requireContiguous(long handle, NDArray array) {
        long[] shape = array.getShape().getShape();
        if (shape.length == 0 || array.size() == 0) {
            return;
        }
        long[] pointer = new long[1];
        check(aoti_torch_get_strides(handle, pointer), "aoti_torch_get_strides");
        long[] strides = new Pointer(pointer[0]).getLongArray(0, shape.length);
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] > 1 && strides[i] != expected) {
                throw new IllegalArgumentException("array of shape " + array.getShape() + " does not lie in one piece");
            }
            expected *= shape[i];
        }
    }

    private static void check(int code, String function) {
        if (code != 0) {
            throw new IllegalStateException(function + " failed with code " + code);
        }
    }

    private static native int aoti_torch_get_data_ptr(long tensor, long[] address);

    private static native int aoti_torch_get_strides(long tensor, long[] pointer);
}
