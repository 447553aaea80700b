package asl.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of length-prefixed, checksummed records, as TensorFlow's record writer lays them out: length (8 bytes), its
 * checksum (4), the record, its checksum (4), little-endian throughout.
 */
final class EventFile implements Closeable {
    private static final int MASK_DELTA = 0xa282ead8;

    private final OutputStream out;

    EventFile(Path file) throws IOException {
        this.out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** One write a record, so that a reader rarely sees half of one. */
    void append(byte[] event) throws IOException {
        ByteBuffer framed = ByteBuffer.allocate(Long.BYTES + event.length + 2 * Integer.BYTES);
        framed.order(ByteOrder.LITTLE_ENDIAN).putLong(event.length);
        framed.putInt(maskedChecksum(framed.array(), 0, Long.BYTES));
        framed.put(event).putInt(maskedChecksum(event, 0, event.length));
        out.write(framed.array());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** CRC-32C, rotated and shifted: a checksum of data that holds checksums would else be weak. */
    static int maskedChecksum(byte[] data, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, offset, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }
}
