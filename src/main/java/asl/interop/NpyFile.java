package asl.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * A NumPy {@code .npy} file of float32 or int32 values in C order, as {@link NpyWriter} and {@code numpy.save} write them.
 *
 * @param type NumPy's name of the element type, {@code <f4} or {@code <i4}
 */
public record NpyFile(Path path, String type, List<Long> shape, long dataOffset) {
    private static final int CHUNK = 1 << 20;

    /** Reads the header. */
    public static NpyFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            int length = (int) Math.min(NpyHeader.LONGEST, channel.size());
            NpyHeader header = header(path, read(channel, 0, length, path), channel.size());
            return new NpyFile(path, header.type(), header.shape(), header.dataOffset());
        }
    }

    private static NpyHeader header(Path path, ByteBuffer head, long size) throws IOException {
        try {
            NpyHeader header = NpyHeader.of(head, size);
            if (header.fortran()) {
                throw new IOException("its values are in Fortran order, which is not read here");
            }
            return header;
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /** Number of values. */
    public long count() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** All values of a float32 file, rows first. */
    public float[] floats() throws IOException {
        float[] values = new float[elements("<f4")];
        forEachChunk((bytes, at) -> bytes.asFloatBuffer().get(values, at, bytes.remaining() / Float.BYTES));
        return values;
    }

    /**
     * Some rows of a float32 file.
     *
     * @param rows their numbers, ascending
     */
    public float[] floatRows(int... rows) throws IOException {
        require("<f4");
        int length = Math.toIntExact(count() / Math.max(1, shape.get(0)));
        float[] values = new float[Math.multiplyExact(rows.length, length)];
        try (FileChannel channel = FileChannel.open(path)) {
            int perChunk = Math.max(1, CHUNK / Math.max(1, length));
            for (int done = 0; done < rows.length; ) {
                int first = rows[done];
                int end = (int) Math.min(shape.get(0), (long) first + perChunk);
                ByteBuffer bytes = read(
                        channel,
                        dataOffset + (long) Float.BYTES * length * first,
                        Float.BYTES * length * (end - first),
                        path);
                for (; done < rows.length && rows[done] < end; done++) {
                    bytes.asFloatBuffer().get(length * (rows[done] - first), values, done * length, length);
                }
            }
        }
        return values;
    }

    /** All values of an int32 file, rows first. */
    public int[] ints() throws IOException {
        int[] values = new int[elements("<i4")];
        forEachChunk((bytes, at) -> bytes.asIntBuffer().get(values, at, bytes.remaining() / Integer.BYTES));
        return values;
    }

    private void require(String expected) throws IOException {
        if (!type.equals(expected)) {
            throw new IOException(path + ": holds " + type + ", expected " + expected);
        }
    }

    private int elements(String expected) throws IOException {
        require(expected);
        if (count() > Integer.MAX_VALUE - 8) {
            throw new IOException(path + ": holds " + count() + " values, more than fit into one array");
        }
        return (int) count();
    }

    private void forEachChunk(ChunkReader reader) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            long total = count();
            for (long at = 0; at < total; at += CHUNK) {
                int values = (int) Math.min(CHUNK, total - at);
                reader.accept(read(channel, dataOffset + 4 * at, 4 * values, path), (int) at);
            }
        }
    }

    private static ByteBuffer read(FileChannel channel, long from, int length, Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException(path + ": file is cut short");
            }
        }
        return bytes.flip();
    }

    /** Takes the bytes of the values from {@code at} on. */
    private interface ChunkReader {
        void accept(ByteBuffer bytes, int at);
    }
}
