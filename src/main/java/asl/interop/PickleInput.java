package asl.interop;

import asl.interop.Pickled.MalformedPickleException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a pickle as the values that they spell. It also keeps account of the memory that all that is made of them
 * may take, so that a small file cannot make much.
 */
final class PickleInput {
    /** About ten times what the largest public vision checkpoint with its optimizer needs. */
    private static final long MOST_MEMORY = 48L << 20;

    private static final int LONGEST_NUMBER = 255;
    private static final int LONGEST_LINE = 1000;

    private final ByteBuffer in;
    private long spent;

    /** Reads from the buffer's position on. */
    PickleInput(ByteBuffer in) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Accounts for memory, or for work that is much like it; roughly, in bytes. */
    void spend(long bytes) throws MalformedPickleException {
        spent += bytes;
        if (spent > MOST_MEMORY) {
            throw new MalformedPickleException("it would take more memory than the description of any tensors needs");
        }
    }

    int unsignedByte() throws MalformedPickleException {
        return bytes(1).get() & 0xff;
    }

    int unsignedShort() throws MalformedPickleException {
        return bytes(2).getShort() & 0xffff;
    }

    int signedInt() throws MalformedPickleException {
        return bytes(4).getInt();
    }

    long unsignedInt() throws MalformedPickleException {
        return signedInt() & 0xffffffffL;
    }

    long signedLong() throws MalformedPickleException {
        return bytes(8).getLong();
    }

    double bigEndianDouble() throws MalformedPickleException {
        return bytes(8).order(ByteOrder.BIG_ENDIAN).getDouble();
    }

    /** Up to a line feed, without it. */
    String line() throws MalformedPickleException {
        for (int at = in.position(); at < in.limit() && at - in.position() <= LONGEST_LINE; at++) {
            if (in.get(at) == '\n') {
                String text = text(at - in.position());
                in.get();
                return text;
            }
        }
        throw new MalformedPickleException("a line without an end");
    }

    String text(long length) throws MalformedPickleException {
        return new String(array(length), StandardCharsets.UTF_8);
    }

    byte[] array(long length) throws MalformedPickleException {
        byte[] value = new byte[checked(length)];
        spend(2 * length); // as text, two bytes a character
        in.get(value);
        return value;
    }

    /** A whole number as a line of digits: Long or BigInteger, or one of protocol 0's truth values. */
    Object decimal() throws MalformedPickleException {
        String digits = line();
        if (digits.equals("00") || digits.equals("01")) {
            return digits.equals("01");
        }
        try {
            return narrowed(new BigInteger(digits.endsWith("L") ? digits.substring(0, digits.length() - 1) : digits));
        } catch (NumberFormatException e) {
            throw new MalformedPickleException("a whole number that is none");
        }
    }

    double real() throws MalformedPickleException {
        try {
            return Double.parseDouble(line());
        } catch (NumberFormatException e) {
            throw new MalformedPickleException("a number that is none");
        }
    }

    /** A whole number of so many bytes, two's complement: Long or BigInteger. */
    Object integer(int length) throws MalformedPickleException {
        if (length < 0 || length > LONGEST_NUMBER) {
            throw new MalformedPickleException("a number of " + length + " bytes");
        }
        byte[] little = array(length);
        byte[] big = new byte[length + 1]; // one more, so that zero bytes are zero
        for (int i = 0; i < length; i++) {
            big[length - i] = little[i];
        }
        big[0] = (byte) (length > 0 && little[length - 1] < 0 ? -1 : 0);
        return narrowed(new BigInteger(big));
    }

    private static Object narrowed(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private ByteBuffer bytes(int length) throws MalformedPickleException {
        ByteBuffer slice = in.slice(in.position(), checked(length)).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return slice;
    }

    private int checked(long length) throws MalformedPickleException {
        if (length < 0 || length > in.remaining()) {
            throw new MalformedPickleException("it ends early, at byte " + in.limit());
        }
        return (int) length;
    }
}
