package asl.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle can hold beside Java's own String, Long, BigInteger, Double, Boolean and byte[]. Containers compare by
 * identity, as a hostile file can nest them in themselves.
 */
final class Pickled {
    /** Python's None. */
    static final Object NONE = new Object();

    /** The function that makes an OrderedDict, which the reader itself fills as it keeps account of memory. */
    static final Global DICTIONARY = arguments -> new Dictionary();

    private Pickled() {}

    /** A tuple. */
    static final class Tuple {
        private final Object[] items;

        Tuple(Object... items) {
            this.items = items;
        }

        int size() {
            return items.length;
        }

        Object get(int index) {
            return items[index];
        }
    }

    /** A list or set. */
    static final class Sequence {
        private final List<Object> items = new ArrayList<>();

        List<Object> items() {
            return items;
        }
    }

    /** A dictionary, ordered or not. */
    static final class Dictionary {
        private final Map<Object, Object> items = new LinkedHashMap<>();

        Map<Object, Object> items() {
            return items;
        }
    }

    /** An object that is kept as data and never made: its class, the arguments of its constructor, its state. */
    static final class Inert {
        private final String type;
        private Object state;

        Inert(String type, Object state) {
            this.type = type;
            this.state = state;
        }

        String type() {
            return type;
        }

        Object state() {
            return state;
        }

        void build(Object newState) {
            state = newState;
        }
    }

    /** Something that a pickle may call, out of a closed list. */
    interface Global {
        /** What the call yields. */
        Object call(Tuple arguments) throws MalformedPickleException;
    }

    /** A pickle that is cut short, breaks the format or asks for what is not allowed. */
    static final class MalformedPickleException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedPickleException(String message) {
            super(message);
        }
    }
}
