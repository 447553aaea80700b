package asl.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A NumPy {@code .npy} file of float32 or int32 values in C order, as {@link NpyWriter} and {@code numpy.save} write them.
 *
 * @param type NumPy's name of the element type, {@code <f4} or {@code <i4}
 */
public record NpyFile(Path path, String type, List<Long> shape, long dataOffset) {
    static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\),? *\\}\\s*");
    private static final int CHUNK = 1 << 20;

    /** Reads the header. */
    public static NpyFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            ByteBuffer prefix = read(channel, 0, 12, path);
            if (prefix.get(0) != (byte) 0x93 || prefix.get(1) != 'N') {
                throw new IOException(path + ": not a .npy file");
            }
            int lengthBytes = prefix.get(6) == 1 ? 2 : 4;
            int length = lengthBytes == 2 ? prefix.getShort(8) & 0xffff : prefix.getInt(8);
            int start = 8 + lengthBytes;
            String text = StandardCharsets.US_ASCII
                    .decode(read(channel, start, length, path))
                    .toString();
            Matcher header = HEADER.matcher(text);
            if (!header.matches() || header.group(2).equals("True")) {
                throw new IOException(path + ": .npy header not understood: " + text.strip());
            }
            List<Long> shape = Arrays.stream(header.group(3).split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .map(Long::valueOf)
                    .toList();
            NpyFile file = new NpyFile(path, header.group(1), shape, start + length);
            if (channel.size() < file.dataOffset + 4 * file.count()) {
                throw new IOException(path + ": file is cut short");
            }
            return file;
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

    /** All values of an int32 file, rows first. */
    public int[] ints() throws IOException {
        int[] values = new int[elements("<i4")];
        forEachChunk((bytes, at) -> bytes.asIntBuffer().get(values, at, bytes.remaining() / Integer.BYTES));
        return values;
    }

    private int elements(String expected) throws IOException {
        if (!type.equals(expected)) {
            throw new IOException(path + ": holds " + type + ", expected " + expected);
        }
        return Math.toIntExact(count());
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
