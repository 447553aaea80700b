package asl.interop;

import asl.interop.Pickled.MalformedPickleException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A tensor as PyTorch saves it: a window on a storage that others may share.
 *
 * @param offset elements of the storage in front of the first
 * @param stride elements from one to the next, for each dimension
 */
record TorchTensor(Storage storage, long offset, List<Long> shape, List<Long> stride) {
    /** Tensors that repeat elements (stride 0) may be larger than their file; up to here. */
    private static final long MOST_REPEATED = 1 << 20;

    /**
     * A storage.
     *
     * @param key its name in the file
     * @param count elements
     */
    record Storage(String key, DType dtype, long count) {}

    /** Refuses what does not lie within its storage. */
    static TorchTensor of(Storage storage, long offset, List<Long> shape, List<Long> stride)
            throws MalformedPickleException {
        TorchTensor tensor = new TorchTensor(storage, offset, shape, stride);
        try {
            long last = offset;
            boolean sound = offset >= 0 && shape.size() == stride.size();
            for (int i = 0; sound && i < shape.size(); i++) {
                sound = shape.get(i) >= 0 && stride.get(i) >= 0;
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape.get(i) - 1), stride.get(i)));
            }
            long size = new TensorInfo("", storage.dtype(), shape).size();
            sound &= size == 0 || last < storage.count();
            if (sound && size <= Math.max(storage.count(), MOST_REPEATED)) {
                return tensor;
            }
        } catch (ArithmeticException e) {
            // falls to the refusal below
        }
        throw new MalformedPickleException("a tensor " + shape + " with strides " + stride + " from element " + offset
                + " of a storage of " + storage.count());
    }

    TensorInfo named(String name) {
        return new TensorInfo(name, storage.dtype(), shape);
    }

    /** Whether elements follow each other in order, so that the window is a slice. */
    boolean contiguous() {
        long expected = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1 && stride.get(i) != expected) {
                return false;
            }
            expected *= shape.get(i);
        }
        return true;
    }

    /** Elements of the storage from the first to the last that the tensor uses. */
    long span() {
        if (named("").size() == 0) {
            return 0;
        }
        long span = 1;
        for (int i = 0; i < shape.size(); i++) {
            span += (shape.get(i) - 1) * stride.get(i);
        }
        return span;
    }

    /** The elements in row-major order, out of the storage's bytes. */
    ByteBuffer gather(ByteBuffer bytes) {
        int width = storage.dtype().bytes();
        TensorInfo info = named("");
        if (info.size() == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        if (contiguous()) {
            return bytes.slice(Math.toIntExact(offset * width), Math.toIntExact(info.byteSize()))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(info.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> index = new ArrayList<>(Collections.nCopies(shape.size(), 0L));
        long at = offset;
        while (out.hasRemaining()) {
            for (int i = 0; i < width; i++) {
                out.put(bytes.get(Math.toIntExact(at * width + i)));
            }
            for (int dim = shape.size() - 1; dim >= 0; dim--) {
                at += stride.get(dim);
                index.set(dim, index.get(dim) + 1);
                if (index.get(dim) < shape.get(dim)) {
                    break;
                }
                at -= stride.get(dim) * shape.get(dim);
                index.set(dim, 0L);
            }
        }
        return out.flip();
    }
}
