package asl.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands at the beginning of a NumPy array's file.
 *
 * @param type NumPy's name of the element type, {@code <f4} say
 * @param fortran whether the first index runs fastest
 * @param dataOffset bytes in front of the values
 */
record NpyHeader(String type, DType dtype, boolean fortran, List<Long> shape, int dataOffset) {
    /** Bytes that a header may be long; NumPy's own limit is 10,000. */
    static final int LONGEST = 1 << 16;

    private static final Pattern TEXT = Pattern.compile(
            "\\{'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\),? *\\}\\s*");
    private static final Pattern SIZE = Pattern.compile("\\d+");
    private static final int MOST_DIMENSIONS = 64;

    /**
     * Reads a header.
     *
     * @param head the file's first {@link #LONGEST} bytes, or all of it
     * @param size bytes of the whole file
     * @throws IOException that says what is wrong, without the name of the file
     */
    static NpyHeader of(ByteBuffer head, long size) throws IOException {
        ByteBuffer in = head.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < 10 || (in.get(0) & 0xff) != 0x93 || in.get(1) != 'N') {
            throw new IOException("not a .npy file");
        }
        int version = in.get(6);
        int start = version == 1 ? 10 : 12;
        if (version < 1 || version > 3 || in.remaining() < start) {
            throw new IOException(".npy of version " + version + " is not known, or cut short");
        }
        long length = version == 1 ? in.getShort(8) & 0xffff : in.getInt(8) & 0xffffffffL;
        if (length > in.remaining() - start) {
            throw new IOException("claims a header of " + length + " bytes");
        }
        String text = StandardCharsets.US_ASCII
                .decode(in.slice(start, (int) length))
                .toString()
                .strip();
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IOException(".npy header not understood: " + Printable.line(text));
        }
        int data = start + (int) length;
        String type = parts.group(1);
        NpyHeader header = new NpyHeader(type, dtype(type), parts.group(2).equals("True"), shape(parts.group(3)), data);
        return header.checked(size);
    }

    private static List<Long> shape(String text) throws IOException {
        List<Long> shape = new ArrayList<>();
        Matcher sizes = SIZE.matcher(text);
        try {
            while (sizes.find() && shape.size() <= MOST_DIMENSIONS) {
                shape.add(Long.valueOf(sizes.group()));
            }
        } catch (NumberFormatException e) {
            throw new IOException("claims the shape " + Printable.line(text), e);
        }
        if (shape.size() > MOST_DIMENSIONS) {
            throw new IOException("claims more than " + MOST_DIMENSIONS + " dimensions");
        }
        return shape;
    }

    private NpyHeader checked(long size) throws IOException {
        try {
            if (new TensorInfo("", dtype, shape).byteSize() == size - dataOffset) {
                return this;
            }
        } catch (ArithmeticException e) {
            // falls to the refusal below
        }
        throw new IOException("claims " + type + " " + shape + " in " + size + " bytes: cut short, or not whole");
    }

    /** One of ours; {@code |V2} is how JAX's bfloat16 gets into such files. */
    private static DType dtype(String type) throws IOException {
        return switch (type) {
            case "<f8" -> DType.F64;
            case "<f4" -> DType.F32;
            case "<f2" -> DType.F16;
            case "|V2" -> DType.BF16;
            case "<i8" -> DType.I64;
            case "<i4" -> DType.I32;
            case "<i2" -> DType.I16;
            case "|i1" -> DType.I8;
            case "|u1" -> DType.U8;
            case "|b1" -> DType.BOOL;
            default -> throw new IOException("is of type " + Printable.line(type) + ", which is not known");
        };
    }
}
