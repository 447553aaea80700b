package asl.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/** The arrays of a NumPy {@code .npz}, stored or compressed, in C or Fortran order; JAX's bfloat16 ({@code |V2}) too. */
public final class NpzArchive implements TensorFile {
    private static final String ENDING = ".npy";
    private static final int LONGEST_HEADER = 1 << 16;

    private final Path path;
    private final ZipContents zip;
    private final Map<String, Array> arrays = new LinkedHashMap<>();

    private record Array(TensorInfo info, boolean fortran, int start) {}

    private NpzArchive(Path path, ZipContents zip) throws IOException {
        this.path = path;
        this.zip = zip;
        for (String entry : zip.names()) {
            if (entry.endsWith(ENDING)) {
                String name = entry.substring(0, entry.length() - ENDING.length());
                arrays.put(name, array(name, entry));
            }
        }
        if (arrays.isEmpty()) {
            throw new IOException(path + ": a zip archive without .npy arrays");
        }
    }

    /** Opens and checks a file; throws an IOException of one line that names it. */
    public static NpzArchive open(Path path) throws IOException {
        ZipContents zip = ZipContents.open(path);
        try {
            return new NpzArchive(path, zip);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private Array array(String name, String entry) throws IOException {
        ByteBuffer head = zip.head(entry, LONGEST_HEADER);
        if (head.remaining() < 12 || (head.get(0) & 0xff) != 0x93 || head.get(1) != 'N') {
            throw bad(name, "is no array");
        }
        int start = head.get(6) == 1 ? 10 : 12;
        int length = head.get(6) == 1 ? head.getShort(8) & 0xffff : head.getInt(8);
        if (length < 0 || length > head.remaining() - start) {
            throw bad(name, "claims a header of " + length + " bytes");
        }
        String text =
                StandardCharsets.US_ASCII.decode(head.slice(start, length)).toString();
        Matcher header = NpyFile.HEADER.matcher(text);
        if (!header.matches()) {
            throw bad(
                    name, "has a header that is not understood: " + text.strip().replace('\n', ' '));
        }
        TensorInfo info = new TensorInfo(name, type(name, header.group(1)), shape(name, header.group(3)));
        try {
            if (info.byteSize() != zip.size(entry) - start - length) {
                throw bad(name, "claims " + info.dtype() + " " + info.shape() + " in " + zip.size(entry) + " bytes");
            }
        } catch (ArithmeticException e) {
            throw bad(name, "claims the shape " + info.shape());
        }
        return new Array(info, header.group(2).equals("True"), start + length);
    }

    private DType type(String name, String numpy) throws IOException {
        return switch (numpy) {
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
            default -> throw bad(name, "is of type " + numpy + ", which is not known");
        };
    }

    private List<Long> shape(String name, String sizes) throws IOException {
        try {
            return Arrays.stream(sizes.split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .map(Long::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw bad(name, "claims the shape " + sizes);
        }
    }

    @Override
    public List<TensorInfo> tensors() {
        return arrays.values().stream().map(Array::info).toList();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public ByteBuffer data(String name) throws IOException {
        Array array = arrays.get(name);
        if (array == null) {
            throw new IOException(path + ": holds no " + name);
        }
        ByteBuffer whole = zip.read(name + ENDING, Integer.MAX_VALUE);
        ByteBuffer bytes = whole.slice(array.start(), whole.limit() - array.start());
        if (!array.fortran()) {
            return bytes.order(ByteOrder.LITTLE_ENDIAN);
        }
        List<Long> stride = new ArrayList<>();
        long step = 1;
        for (long size : array.info().shape()) {
            stride.add(step);
            step *= size;
        }
        TorchTensor.Storage storage =
                new TorchTensor.Storage(name, array.info().dtype(), array.info().size());
        return new TorchTensor(storage, 0, array.info().shape(), stride).gather(bytes);
    }

    private IOException bad(String name, String complaint) {
        return new IOException(path + ": not a readable .npz archive: " + name + " " + complaint);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
