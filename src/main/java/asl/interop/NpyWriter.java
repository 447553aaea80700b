package asl.interop;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Writes a NumPy {@code .npy} file (format 1.0, little-endian, C order) row by row, so that neither the number of rows
 * need be known before nor the whole be held in memory. The file appears under its name with {@link #complete}; closed before,
 * it leaves nothing.
 */
public final class NpyWriter implements Closeable {
    /** Fixed length of magic, version and header text: room for the final number of rows. */
    private static final int HEADER = 128;

    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final String type;
    private final int[] rowShape;
    private long values;

    private NpyWriter(Path target, String type, int... rowShape) throws IOException {
        this.target = target;
        this.type = type;
        this.rowShape = rowShape;
        this.part = target.resolveSibling(target.getFileName() + ".part");
        this.channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        channel.position(HEADER);
    }

    /** A file of float32 rows of the given shape: [rows, shape...]. */
    public static NpyWriter ofFloats(Path target, int... rowShape) throws IOException {
        return new NpyWriter(target, "<f4", rowShape);
    }

    /** A file of int32 rows of the given shape: [rows, shape...]. */
    public static NpyWriter ofInts(Path target, int... rowShape) throws IOException {
        return new NpyWriter(target, "<i4", rowShape);
    }

    /** Appends whole rows. */
    public void append(float[] rows) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(rows.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(rows);
        append(bytes, "<f4", rows.length);
    }

    /** Appends whole rows. */
    public void append(int[] rows) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(rows.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(rows);
        append(bytes, "<i4", rows.length);
    }

    private void append(ByteBuffer bytes, String given, int count) throws IOException {
        if (!given.equals(type) || count % rowLength() != 0) {
            throw new IllegalArgumentException(
                    count + " values of " + given + " are not rows of " + rowLength() + " values of " + type);
        }
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        values += count;
    }

    private int rowLength() {
        return IntStream.of(rowShape).reduce(1, Math::multiplyExact);
    }

    /** Completes the header and gives the file its name, in the place of an older one. */
    public void complete() throws IOException {
        channel.write(header(), 0);
        channel.force(false);
        channel.close();
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Throws away what was not completed. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            Files.delete(part);
        }
    }

    private ByteBuffer header() {
        StringBuilder shape = new StringBuilder().append(values / rowLength()).append(',');
        for (int size : rowShape) {
            shape.append(' ').append(size).append(',');
        }
        String text =
                String.format(Locale.ROOT, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type, shape);
        byte[] padded = new byte[HEADER - 10];
        Arrays.fill(padded, (byte) ' ');
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, padded, 0, ascii.length);
        padded[padded.length - 1] = '\n';
        return ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) padded.length)
                .put(padded)
                .flip();
    }
}
