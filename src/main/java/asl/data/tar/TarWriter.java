package asl.data.tar;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes an archive: ustar headers, and pax headers where names are long. The same files always give the same bytes. */
public final class TarWriter implements Closeable {
    private static final int MODE = 100;
    private static final String PAX_NAME = "PaxHeader";
    /** User, group, time. */
    private static final int[] ZEROS = {108, 116, 136};

    private final OutputStream out;

    /** Writes to a stream, which is closed with it. */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    public void add(String name, byte[] content) throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length > TarHeader.NAME_LENGTH) {
            byte[] record = pathRecord(nameBytes);
            write(PAX_NAME.getBytes(StandardCharsets.UTF_8), record, TarHeader.PAX);
        }
        write(nameBytes, content, TarHeader.FILE);
    }

    /** Its length counts its own digits. */
    private static byte[] pathRecord(byte[] name) {
        int rest = " path=\n".length() + name.length;
        int length = rest + 1;
        while (rest + Integer.toString(length).length() != length) {
            length++;
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream(length);
        record.writeBytes((length + " path=").getBytes(StandardCharsets.US_ASCII));
        record.writeBytes(name);
        record.write('\n');
        return record.toByteArray();
    }

    private void write(byte[] name, byte[] content, char type) throws IOException {
        byte[] header = new byte[TarHeader.BLOCK];
        System.arraycopy(name, 0, header, TarHeader.NAME, Math.min(name.length, TarHeader.NAME_LENGTH));
        octal(header, MODE, 8, 0644);
        for (int at : ZEROS) {
            octal(header, at, at == ZEROS[2] ? TarHeader.NUMBER_LENGTH : 8, 0);
        }
        octal(header, TarHeader.SIZE, TarHeader.NUMBER_LENGTH, content.length);
        header[TarHeader.TYPE] = (byte) type;
        byte[] magic = TarHeader.USTAR.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, header, TarHeader.MAGIC, magic.length);
        octal(header, TarHeader.CHECKSUM, TarHeader.CHECKSUM_LENGTH - 1, TarHeader.sum(header, 0xff));
        header[TarHeader.CHECKSUM + TarHeader.CHECKSUM_LENGTH - 1] = ' ';
        out.write(header);
        out.write(content);
        out.write(new byte[-content.length & (TarHeader.BLOCK - 1)]);
    }

    /** Octal digits with leading zeros and a NUL behind. */
    private static void octal(byte[] header, int at, int length, long value) {
        String digits = Long.toOctalString(value);
        for (int i = 0; i < length - 1; i++) {
            int digit = digits.length() - (length - 1) + i;
            header[at + i] = (byte) (digit < 0 ? '0' : digits.charAt(digit));
        }
    }

    /** Writes the end mark. */
    @Override
    public void close() throws IOException {
        try (out) {
            out.write(new byte[2 * TarHeader.BLOCK]);
        }
    }
}
