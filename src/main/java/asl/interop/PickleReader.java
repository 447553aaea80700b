package asl.interop;

import asl.interop.Pickled.Dictionary;
import asl.interop.Pickled.Global;
import asl.interop.Pickled.Inert;
import asl.interop.Pickled.MalformedPickleException;
import asl.interop.Pickled.Sequence;
import asl.interop.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads Python's pickle format, protocols 0 to 5, without Python and without running anything: calls go to the few
 * functions that {@link Symbols} knows, all others are refused by name. What a pickle may make is bounded: {@link PickleInput}.
 */
final class PickleReader {
    /** What an operation may make, but for the bytes that it reads and the items that it moves: a container. */
    private static final int OPERATION = 100;

    private static final int ENTRY = 80;
    private static final int LONGEST_NAME = 200;
    private static final Object MARK = new Object();

    private final PickleInput in;
    private final Symbols symbols;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    /** What the names and the persistent identifiers of a pickle stand for. */
    interface Symbols {
        Global global(String module, String name) throws MalformedPickleException;

        Object persistent(Object id) throws MalformedPickleException;
    }

    /** Reads from the buffer's position on; after each pickle the position is behind it. */
    PickleReader(ByteBuffer in, Symbols symbols) {
        this.in = new PickleInput(in);
        this.symbols = symbols;
    }

    /** The next pickle. */
    Object read() throws MalformedPickleException {
        stack.clear();
        memo.clear();
        while (true) {
            int code = in.unsignedByte();
            in.spend(OPERATION);
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
            case 'I' -> push(in.decimal());
            case 'L' -> push(in.decimal());
            case 'J' -> push((long) in.signedInt());
            case 'K' -> push((long) in.unsignedByte());
            case 'M' -> push((long) in.unsignedShort());
            case 0x8a -> push(in.integer(in.unsignedByte()));
            case 0x8b -> push(in.integer(in.signedInt()));
            case 'F' -> push(in.real());
            case 'G' -> push(in.bigEndianDouble());
            case 'X', 'T' -> push(in.text(in.unsignedInt()));
            case 'U', 0x8c -> push(in.text(in.unsignedByte()));
            case 0x8d -> push(in.text(in.signedLong()));
            case 'V' -> push(in.line());
            case 'B' -> push(in.array(in.unsignedInt()));
            case 'C' -> push(in.array(in.unsignedByte()));
            case 0x8e, 0x96 -> push(in.array(in.signedLong()));
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
            case 0x80 -> in.unsignedByte();
            case 0x95 -> in.signedLong(); // a frame: its length is of no use here
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'p' -> memo.put(index(), top());
            case 'q' -> memo.put((long) in.unsignedByte(), top());
            case 'r' -> memo.put(in.unsignedInt(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'g' -> recall(index());
            case 'h' -> recall(in.unsignedByte());
            case 'j' -> recall(in.unsignedInt());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void call(int code) throws MalformedPickleException {
        switch (code) {
            case 'c' -> {
                String module = in.line();
                push(global(module, in.line()));
            }
            case 0x93 -> {
                String name = pop(String.class, "a name");
                push(global(pop(String.class, "a module"), name));
            }
            case 'R', 0x81 -> {
                Tuple arguments = pop(Tuple.class, "arguments");
                push(call(pop(Global.class, "a function"), arguments));
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

    private Global global(String module, String name) throws MalformedPickleException {
        if (module.length() > LONGEST_NAME || name.length() > LONGEST_NAME) {
            throw new MalformedPickleException("a function of a name longer than " + LONGEST_NAME + " characters");
        }
        in.spend(2L * (module.length() + name.length()));
        return symbols.global(module, name);
    }

    private Object call(Global function, Tuple arguments) throws MalformedPickleException {
        if (function != Pickled.DICTIONARY) {
            return function.call(arguments);
        }
        Dictionary dictionary = new Dictionary();
        if (arguments.size() == 1 && arguments.get(0) instanceof Sequence pairs) { // as Python 2 wrote them
            for (Object pair : pairs.items()) {
                if (pair instanceof Tuple item && item.size() == 2) {
                    put(dictionary, item.get(0), item.get(1));
                } else if (pair instanceof Sequence item && item.items().size() == 2) {
                    put(dictionary, item.items().get(0), item.items().get(1));
                } else {
                    throw new MalformedPickleException("an OrderedDict of something else than pairs");
                }
            }
        }
        return dictionary;
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
            put(dictionary, items.get(i), items.get(i + 1));
        }
    }

    /** Equal keys are compared to their ends, so that long ones cost more. */
    private void put(Dictionary dictionary, Object key, Object value) throws MalformedPickleException {
        in.spend(ENTRY + (key instanceof String text ? text.length() : 0));
        dictionary.items().put(key, value);
    }

    private void recall(long index) throws MalformedPickleException {
        Object value = memo.get(index);
        if (value == null) {
            throw new MalformedPickleException("nothing was kept under " + index);
        }
        push(value);
    }

    private long index() throws MalformedPickleException {
        return in.decimal() instanceof Long index ? index : -1;
    }

    static String kind(Object value) {
        if (value == Pickled.NONE) {
            return "None";
        }
        return value instanceof Global
                ? "function"
                : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
