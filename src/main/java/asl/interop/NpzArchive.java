package asl.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arrays of a NumPy {@code .npz}, stored or compressed, in C or Fortran order; JAX's bfloat16 ({@code |V2}) too. */
public final class NpzArchive implements TensorFile {
    private static final String ENDING = ".npy";

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
        try {
            NpyHeader header = NpyHeader.of(zip.head(entry, NpyHeader.LONGEST), zip.size(entry));
            TensorInfo info = new TensorInfo(name, header.dtype(), header.shape());
            return new Array(info, header.fortran(), header.dataOffset());
        } catch (IOException e) {
            throw new IOException(
                    path + ": not a readable .npz archive: " + Printable.line(name + ": " + e.getMessage()), e);
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

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
