package asl.interop;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the part of Python's pickle format (protocol 2) that PyTorch's files are made of. */
final class PickleWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    PickleWriter() {
        code(0x80).code(2);
    }

    /** A single operation. */
    PickleWriter code(int operation) {
        return write(() -> out.writeByte(operation));
    }

    PickleWriter mark() {
        return code('(');
    }

    PickleWriter global(String module, String name) {
        return write(() -> out.writeBytes("c" + module + "\n" + name + "\n"));
    }

    PickleWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return write(() -> {
            out.writeByte('X');
            out.writeInt(Integer.reverseBytes(utf8.length));
            out.write(utf8);
        });
    }

    /** A whole number; beyond 32 bits as eight bytes. */
    PickleWriter number(long value) {
        return write(() -> {
            if (value == (int) value) {
                out.writeByte('J');
                out.writeInt(Integer.reverseBytes((int) value));
            } else {
                out.writeByte(0x8a);
                out.writeByte(Long.BYTES);
                out.writeLong(Long.reverseBytes(value));
            }
        });
    }

    PickleWriter real(double value) {
        return write(() -> {
            out.writeByte('G');
            out.writeDouble(value);
        });
    }

    PickleWriter flag(boolean value) {
        return code(value ? 0x88 : 0x89);
    }

    PickleWriter numbers(List<Long> values) {
        mark();
        values.forEach(this::number);
        return code('t');
    }

    /** The beginning of an OrderedDict: keys and values follow, then {@code u}. */
    PickleWriter orderedDictionary() {
        return global("collections", "OrderedDict").code(')').code('R').mark();
    }

    /** A contiguous tensor over all of storage {@code key}. */
    PickleWriter tensor(TensorInfo tensor, String key) {
        global("torch._utils", "_rebuild_tensor_v2").mark().mark();
        text("storage").global("torch", storageType(tensor.dtype())).text(key).text("cpu");
        number(tensor.size()).code('t').code('Q').number(0);
        numbers(tensor.shape()).numbers(strides(tensor.shape())).flag(false);
        return global("collections", "OrderedDict")
                .code(')')
                .code('R')
                .code('t')
                .code('R');
    }

    /** All that was written, closed. */
    byte[] finish() {
        code('.');
        return bytes.toByteArray();
    }

    private static List<Long> strides(List<Long> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, shape.get(i));
        }
        return List.of(strides);
    }

    private static String storageType(DType type) {
        return switch (type) {
            case F64 -> "DoubleStorage";
            case F32 -> "FloatStorage";
            case F16 -> "HalfStorage";
            case BF16 -> "BFloat16Storage";
            case I64 -> "LongStorage";
            case I32 -> "IntStorage";
            case I16 -> "ShortStorage";
            case I8 -> "CharStorage";
            case U8 -> "ByteStorage";
            case BOOL -> "BoolStorage";
        };
    }

    /** Writing into memory does not fail. */
    private PickleWriter write(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private interface Step {
        void run() throws IOException;
    }
}
