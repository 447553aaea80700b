package asl.data.tar;

import java.nio.charset.StandardCharsets;

/** One header block (POSIX.1-2001, "pax": ustar interchange format; GNU's numbers and types beside it). */
final class TarHeader {
    static final int BLOCK = 512;

    static final int NAME = 0;
    static final int NAME_LENGTH = 100;
    static final int SIZE = 124;
    static final int NUMBER_LENGTH = 12;
    static final int CHECKSUM = 148;
    static final int CHECKSUM_LENGTH = 8;
    static final int TYPE = 156;
    static final int MAGIC = 257;
    static final String USTAR = "ustar\0" + "00";

    static final char FILE = '0';
    static final char PAX = 'x';
    static final char GNU_NAME = 'L';
    private static final char OLD_FILE = 0;
    private static final char CONTIGUOUS_FILE = '7';
    private static final char PAX_FOR_ALL = 'g';
    private static final char GNU_LINK = 'K';
    private static final char GNU_SPARSE = 'S';
    private static final int PREFIX = 345;
    private static final int PREFIX_LENGTH = 155;
    /** The first byte of a number that is not octal digits but bytes. */
    private static final int BINARY = 0x80;

    private final byte[] block;

    TarHeader(byte[] block) {
        this.block = block;
    }

    /** A block of zeros; two of them end an archive. */
    boolean isEnd() {
        for (byte value : block) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the checksum is right: of unsigned bytes, or of signed ones as some old programs had it. */
    boolean isWhole() {
        if (isEnd()) {
            return true;
        }
        long expected = number(CHECKSUM, CHECKSUM_LENGTH);
        return expected == sum(block, 0xff) || expected == sum(block, -1);
    }

    /** The sum of all bytes, those of the checksum itself as blanks. */
    static long sum(byte[] block, int mask) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean inChecksum = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            sum += inChecksum ? ' ' : block[i] & mask;
        }
        return sum;
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    boolean isFile() {
        return type() == FILE || type() == OLD_FILE || type() == CONTIGUOUS_FILE;
    }

    boolean isSparse() {
        return type() == GNU_SPARSE;
    }

    /** Whether what follows tells of the next header, or of all, rather than being a member. */
    boolean describesNext() {
        return type() == PAX || type() == PAX_FOR_ALL || type() == GNU_NAME || type() == GNU_LINK;
    }

    String name() {
        String name = text(NAME, NAME_LENGTH);
        String magic = text(MAGIC, 6);
        String prefix = magic.equals("ustar") ? text(PREFIX, PREFIX_LENGTH) : ""; // GNU has other things there
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** In bytes; negative if the field holds no number. */
    long size() {
        return number(SIZE, NUMBER_LENGTH);
    }

    private String text(int from, int length) {
        int end = from;
        while (end < from + length && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.UTF_8);
    }

    private long number(int from, int length) {
        if ((block[from] & BINARY) != 0) { // GNU: big-endian
            long value = block[from] & (BINARY - 1);
            for (int i = from + 1; i < from + length; i++) {
                if (value >> 55 != 0) {
                    return -1;
                }
                value = value << 8 | (block[i] & 0xff);
            }
            return value;
        }
        String digits = text(from, length).strip();
        return digits.isEmpty() || !digits.chars().allMatch(digit -> digit >= '0' && digit <= '7')
                ? -1
                : Long.parseLong(digits, 8);
    }
}
