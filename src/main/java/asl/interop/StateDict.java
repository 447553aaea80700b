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
    private static final int MOST_TENSORS = 1_000_000;

    /** Finds the weights in what a pickle held. */
    static StateDict of(Object root) throws MalformedPickleException {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        if (root instanceof Inert module && module.type().startsWith("__torch__")) {
            attributes(module, "", tensors, new int[1], 0);
        } else if (root instanceof Dictionary dictionary) {
            tensors.putAll(weights(dictionary, 0));
            values(dictionary, "", values);
        } else if (root instanceof TorchTensor tensor) {
            tensors.put("tensor", tensor);
        }
        if (tensors.isEmpty()) {
            throw new MalformedPickleException("no tensors in it, nor under " + String.join(", ", WRAPPERS));
        }
        return new StateDict(withoutModule(tensors), values);
    }

    private static Map<String, TorchTensor> weights(Dictionary dictionary, int depth) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        dictionary.items().forEach((key, value) -> {
            if (value instanceof TorchTensor tensor) {
                tensors.put(key.toString(), tensor);
            }
        });
        for (String wrapper : WRAPPERS) {
            if (tensors.isEmpty() && depth < 3 && dictionary.items().get(wrapper) instanceof Dictionary inner) {
                tensors.putAll(weights(inner, depth + 1));
            }
        }
        return tensors;
    }

    /** Tensors of a TorchScript module and its children; a module shared many times over is met as often. */
    private static void attributes(
            Inert module, String prefix, Map<String, TorchTensor> tensors, int[] visited, int depth)
            throws MalformedPickleException {
        if (depth > DEEPEST || !(module.state() instanceof Dictionary state)) {
            return;
        }
        for (Map.Entry<Object, Object> attribute : state.items().entrySet()) {
            if (++visited[0] > MOST_TENSORS) {
                throw new MalformedPickleException("more than " + MOST_TENSORS + " attributes");
            }
            if (attribute.getValue() instanceof TorchTensor tensor) {
                tensors.put(prefix + attribute.getKey(), tensor);
            } else if (attribute.getValue() instanceof Inert child) {
                attributes(child, prefix + attribute.getKey() + ".", tensors, visited, depth + 1);
            }
        }
    }

    private static void values(Dictionary dictionary, String prefix, Map<String, String> values) {
        dictionary.items().forEach((key, value) -> {
            if (value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean) {
                values.put(prefix + key, value.toString());
            } else if (prefix.isEmpty() && value instanceof Inert args && args.state() instanceof Dictionary inner) {
                values(inner, key + ".", values);
            } else if (prefix.isEmpty() && "optimizer".equals(key)) {
                values.put("optimizer", "present");
            }
        });
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
