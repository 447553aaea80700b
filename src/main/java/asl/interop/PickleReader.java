package asl.interop;

import asl.interop.Pickled.Dictionary;
import asl.interop.Pickled.Global;
import asl.interop.Pickled.Inert;
import asl.interop.Pickled.MalformedPickleException;
import asl.interop.Pickled.Sequence;
import asl.interop.Pickled.Tuple;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads Python's pickle format, protocols 0 to 5, without Python and without running anything: calls go to the few
 * functions that {@link Symbols} knows, all others are refused by name. What a pickle can make grows with its length only.
 */
final class PickleReader {
    /** More than ten times what the largest public vision checkpoints need. */
    private static final int MOST_OPERATIONS = 2_000_000;

    private static final int LONGEST_NUMBER = 255;
    private static final Object MARK = new Object();

    private final ByteBuffer in;
    private final Symbols symbols;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private int operations;

    /** What the names and the persistent identifiers of a pickle stand for. */
    interface Symbols {
        Global global(String module, String name) throws MalformedPickleException;

        Object persistent(Object id) throws MalformedPickleException;
    }

    /** Reads from the buffer's position on; after each pickle the position is behind it. */
    PickleReader(ByteBuffer in, Symbols symbols) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.symbols = symbols;
    }

    /** The next pickle. */
    Object read() throws MalformedPickleException {
        stack.clear();
        memo.clear();
        while (true) {
            int code = unsignedByte();
            if (++operations > MOST_OPERATIONS) {
                throw new MalformedPickleException("more than " + MOST_OPERATIONS + " operations");
            }
            if (code == '.') {
                return pop();
            }
            if (!pushConstant(code) && !container(code) && !memory(code)) {
                call(code);
            }
        }
    }

    private boolean pushConstant(int code) throws MalformedPickleException {
        switch (code) {
            case 'N' -> push(Pickled.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'I' -> push(decimal());
            case 'L' -> push(decimal());
            case 'J' -> push((long) bytes(4).getInt());
            case 'K' -> push((long) unsignedByte());
            case 'M' -> push((long) (bytes(2).getShort() & 0xffff));
            case 0x8a -> push(integer(unsignedByte()));
            case 0x8b -> push(integer(bytes(4).getInt()));
            case 'F' -> push(real());
            case 'G' -> push(bytes(8).order(ByteOrder.BIG_ENDIAN).getDouble());
            case 'X', 'T' -> push(text(unsignedInt()));
            case 'U', 0x8c -> push(text(unsignedByte()));
            case 0x8d -> push(text(bytes(8).getLong()));
            case 'V' -> push(line());
            case 'B' -> push(array(unsignedInt()));
            case 'C' -> push(array(unsignedByte()));
            case 0x8e, 0x96 -> push(array(bytes(8).getLong()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int code) throws MalformedPickleException {
        switch (code) {
            case '(' -> push(MARK);
            case ')' -> push(new Tuple());
            case 't' -> push(new Tuple(popToMark().toArray()));
            case 0x85 -> push(new Tuple(pop()));
            case 0x86 -> pushTuple(2);
            case 0x87 -> pushTuple(3);
            case ']', 0x8f -> push(new Sequence());
            case 'l', 0x91 -> {
                Sequence list = new Sequence();
                list.items().addAll(popToMark());
                push(list);
            }
            case 'a' -> append(List.of(pop()));
            case 'e', 0x90 -> append(popToMark());
            case '}' -> push(new Dictionary());
            case 'd' -> {
                List<Object> items = popToMark();
                push(new Dictionary());
                put(items);
            }
            case 's' -> {
                Object value = pop();
                put(List.of(pop(), value));
            }
            case 'u' -> put(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int code) throws MalformedPickleException {
        switch (code) {
            case 0x80 -> unsignedByte();
            case 0x95 -> bytes(8); // a frame: its length is of no use here
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'p' -> memo.put(index(), top());
            case 'q' -> memo.put((long) unsignedByte(), top());
            case 'r' -> memo.put(unsignedInt(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'g' -> recall(index());
            case 'h' -> recall(unsignedByte());
            case 'j' -> recall(unsignedInt());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void call(int code) throws MalformedPickleException {
        switch (code) {
            case 'c' -> {
                String module = line();
                push(symbols.global(module, line()));
            }
            case 0x93 -> {
                String name = pop(String.class, "a name");
                push(symbols.global(pop(String.class, "a module"), name));
            }
            case 'R', 0x81 -> {
                Tuple arguments = pop(Tuple.class, "arguments");
                push(pop(Global.class, "a function").call(arguments));
            }
            case 'b' -> {
                Object state = pop();
                if (top() instanceof Inert object) {
                    object.build(state);
                } else if (!(top() instanceof Dictionary)) { // an OrderedDict's extra attributes
                    throw new MalformedPickleException("state for a " + kind(top()));
                }
            }
            case 'Q' -> push(symbols.persistent(pop()));
            default -> throw new MalformedPickleException("unknown operation 0x" + Integer.toHexString(code));
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private void pushTuple(int size) throws MalformedPickleException {
        Object[] items = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        push(new Tuple(items));
    }

    private Object top() throws MalformedPickleException {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw new MalformedPickleException("an operation without its operand");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws MalformedPickleException {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private <T> T pop(Class<T> type, String what) throws MalformedPickleException {
        Object value = pop();
        if (!type.isInstance(value)) {
            throw new MalformedPickleException("a " + kind(value) + " in the place of " + what);
        }
        return type.cast(value);
    }

    private List<Object> popToMark() throws MalformedPickleException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new MalformedPickleException("an operation without its mark");
        }
        List<Object> above = stack.subList(mark + 1, stack.size());
        List<Object> items = new ArrayList<>(above);
        stack.subList(mark, stack.size()).clear();
        return items;
    }

    private void append(List<Object> items) throws MalformedPickleException {
        if (!(top() instanceof Sequence list)) {
            throw new MalformedPickleException("items for a " + kind(top()));
        }
        list.items().addAll(items);
    }

    private void put(List<Object> items) throws MalformedPickleException {
        if (!(top() instanceof Dictionary dictionary) || items.size() % 2 != 0) {
            throw new MalformedPickleException(items.size() + " keys and values for a " + kind(top()));
        }
        for (int i = 0; i < items.size(); i += 2) {
            dictionary.items().put(items.get(i), items.get(i + 1));
        }
    }

    private void recall(long index) throws MalformedPickleException {
        Object value = memo.get(index);
        if (value == null) {
            throw new MalformedPickleException("nothing was kept under " + index);
        }
        push(value);
    }

    private long index() throws MalformedPickleException {
        return decimal() instanceof Long index ? index : -1;
    }

    private Object decimal() throws MalformedPickleException {
        String digits = line();
        if (digits.equals("00") || digits.equals("01")) { // protocol 0's False and True
            return digits.equals("01");
        }
        try {
            return narrowed(new BigInteger(digits.endsWith("L") ? digits.substring(0, digits.length() - 1) : digits));
        } catch (NumberFormatException e) {
            throw new MalformedPickleException("a whole number that is none");
        }
    }

    private double real() throws MalformedPickleException {
        try {
            return Double.parseDouble(line());
        } catch (NumberFormatException e) {
            throw new MalformedPickleException("a number that is none");
        }
    }

    private Object integer(int length) throws MalformedPickleException {
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

    private String line() throws MalformedPickleException {
        for (int at = in.position(); at < in.limit() && at - in.position() <= 1000; at++) {
            if (in.get(at) == '\n') {
                String text = text(at - in.position());
                in.get();
                return text;
            }
        }
        throw new MalformedPickleException("a line without an end");
    }

    private String text(long length) throws MalformedPickleException {
        return new String(array(length), StandardCharsets.UTF_8);
    }

    private byte[] array(long length) throws MalformedPickleException {
        byte[] value = new byte[checked(length)];
        in.get(value);
        return value;
    }

    private ByteBuffer bytes(int length) throws MalformedPickleException {
        ByteBuffer slice = in.slice(in.position(), checked(length)).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return slice;
    }

    private int unsignedByte() throws MalformedPickleException {
        return bytes(1).get() & 0xff;
    }

    private long unsignedInt() throws MalformedPickleException {
        return bytes(4).getInt() & 0xffffffffL;
    }

    private int checked(long length) throws MalformedPickleException {
        if (length < 0 || length > in.remaining()) {
            throw new MalformedPickleException("it ends early, at byte " + in.limit());
        }
        return (int) length;
    }

    static String kind(Object value) {
        return value == Pickled.NONE ? "None" : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
