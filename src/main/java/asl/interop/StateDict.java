package asl.interop;

import asl.interop.Pickled.Dictionary;
import asl.interop.Pickled.Inert;
import asl.interop.Pickled.MalformedPickleException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a checkpoint under their names, wherever the training script put them, and the plain values beside them.
 *
 * @param values texts, numbers and flags of the outer dictionary, and of an {@code args} in it as {@code args.NAME}
 */
record StateDict(Map<String, TorchTensor> tensors, Map<String, String> values) {
    /** Keys under which training scripts keep the weights; the first that holds tensors counts. */
    private static final List<String> WRAPPERS =
            List.of("model", "state_dict", "model_state_dict", "teacher", "module", "backbone", "student", "net");

    private static final String MODULE = "module.";
    private static final int DEEPEST = 32;
    /** A hostile file may let one part stand in many places; names are made for each. */
    private static final int MOST_NAMES = 100_000;

    private static final int MOST_CHARACTERS = 4 << 20;

    /** Counts the names that are made. */
    private static final class Names {
        private int made;
        private int characters;

        String make(String prefix, Object key) throws MalformedPickleException {
            if (!(key instanceof String) && !(key instanceof Long)) {
                throw new MalformedPickleException("a " + PickleReader.kind(key) + " as a name");
            }
            String name = prefix + key;
            made++;
            characters += name.length();
            if (made > MOST_NAMES || characters > MOST_CHARACTERS) {
                throw new MalformedPickleException("more names than any model has");
            }
            return name;
        }
    }

    /** Finds the weights in what a pickle held. */
    static StateDict of(Object root) throws MalformedPickleException {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        Names names = new Names();
        if (root instanceof Inert module && module.type().startsWith("__torch__")) {
            attributes(module, "", tensors, names, 0);
        } else if (root instanceof Dictionary dictionary) {
            weights(dictionary, tensors, names, 0);
            values(dictionary, "", values, names);
        } else if (root instanceof TorchTensor tensor) {
            tensors.put("tensor", tensor);
        }
        if (tensors.isEmpty()) {
            throw new MalformedPickleException("no tensors in it, nor under " + String.join(", ", WRAPPERS));
        }
        return new StateDict(withoutModule(tensors), values);
    }

    private static void weights(Dictionary dictionary, Map<String, TorchTensor> tensors, Names names, int depth)
            throws MalformedPickleException {
        for (Map.Entry<Object, Object> item : dictionary.items().entrySet()) {
            if (item.getValue() instanceof TorchTensor tensor) {
                tensors.put(names.make("", item.getKey()), tensor);
            }
        }
        for (String wrapper : WRAPPERS) {
            if (tensors.isEmpty() && depth < 3 && dictionary.items().get(wrapper) instanceof Dictionary inner) {
                weights(inner, tensors, names, depth + 1);
            }
        }
    }

    /** Tensors of a TorchScript module and its children. */
    private static void attributes(
            Inert module, String prefix, Map<String, TorchTensor> tensors, Names names, int depth)
            throws MalformedPickleException {
        if (depth > DEEPEST || !(module.state() instanceof Dictionary state)) {
            return;
        }
        for (Map.Entry<Object, Object> attribute : state.items().entrySet()) {
            String name = names.make(prefix, attribute.getKey());
            if (attribute.getValue() instanceof TorchTensor tensor) {
                tensors.put(name, tensor);
            } else if (attribute.getValue() instanceof Inert child) {
                attributes(child, name + ".", tensors, names, depth + 1);
            }
        }
    }

    private static void values(Dictionary dictionary, String prefix, Map<String, String> values, Names names)
            throws MalformedPickleException {
        for (Map.Entry<Object, Object> item : dictionary.items().entrySet()) {
            Object value = item.getValue();
            if (value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean) {
                values.put(names.make(prefix, item.getKey()), value.toString());
            } else if (prefix.isEmpty() && value instanceof Inert args && args.state() instanceof Dictionary inner) {
                values(inner, names.make("", item.getKey()) + ".", values, names);
            } else if (prefix.isEmpty() && "optimizer".equals(item.getKey())) {
                values.put("optimizer", "present");
            }
        }
    }

    /** DistributedDataParallel puts {@code module.} in front of every name. */
    private static Map<String, TorchTensor> withoutModule(Map<String, TorchTensor> tensors) {
        if (!tensors.keySet().stream().allMatch(name -> name.startsWith(MODULE))) {
            return tensors;
        }
        Map<String, TorchTensor> stripped = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> stripped.put(name.substring(MODULE.length()), tensor));
        return stripped;
    }
}
