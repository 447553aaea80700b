package asl.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A tree of settings that later layers overwrite, and where each came from. Objects merge key by key; all else, lists
 * included, is replaced.
 */
final class ConfigLayers {
    private static final String SET = "--set";

    private final Class<?> type;
    private final ObjectNode tree;
    private final Map<String, String> origins = new HashMap<>();

    ConfigLayers(Class<?> type, ObjectNode defaults) {
        this.type = type;
        this.tree = defaults;
    }

    /** The merged settings. */
    ObjectNode tree() {
        return tree;
    }

    /** Lays a file over what is there. */
    void add(ConfigFile file, String name) {
        merge(tree, file.tree());
        file.lines().forEach((path, line) -> origins.put(path, name + ":" + line));
    }

    private static void merge(ObjectNode base, ObjectNode overlay) {
        for (Map.Entry<String, JsonNode> field : overlay.properties()) {
            if (base.get(field.getKey()) instanceof ObjectNode section
                    && field.getValue() instanceof ObjectNode changes) {
                merge(section, changes);
            } else {
                base.set(field.getKey(), field.getValue());
            }
        }
    }

    /** Applies one {@code a.b=value}; {@code a.0.b=value} reaches into a list. */
    void set(String pair, Problems problems) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
            problems.add("", SET + " " + pair + ": expected key=value, such as train.epochs=100");
            return;
        }
        List<String> keys = Arrays.asList(pair.substring(0, equals).strip().split("\\.", -1));
        String text = pair.substring(equals + 1);
        JsonNode value = isText(keys) ? TextNode.valueOf(text) : parse(pair, text, problems);
        String path = assign(keys, value, problems);
        origins.keySet().removeIf(known -> known.startsWith(path + ".") || known.startsWith(path + "["));
        origins.put(path, SET);
    }

    private static JsonNode parse(String pair, String text, Problems problems) {
        Problems syntax = new Problems();
        ConfigFile file = ConfigFile.parse("value: " + text, SET, syntax);
        JsonNode value = file.tree().get("value");
        if (!syntax.isEmpty() || value == null) {
            problems.add("", SET + " " + pair + ": the value is not valid YAML (quote it for the shell as a whole)");
            return TextNode.valueOf(text);
        }
        return value;
    }

    /** Puts the value in its place and returns the dotted path of that place. */
    private String assign(List<String> keys, JsonNode value, Problems problems) {
        JsonNode node = tree;
        String path = "";
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            boolean last = i == keys.size() - 1;
            if (node instanceof ArrayNode list) {
                int index = key.matches("\\d{1,6}") ? Integer.parseInt(key) : list.size();
                if (index >= list.size()) {
                    problems.add(
                            path, "no entry '" + key + "' in a list of " + list.size() + "; set the list as a whole");
                    return path;
                }
                path += "[" + index + "]";
                node = last ? list.set(index, value) : list.get(index);
            } else {
                path = SchemaCheck.join(path, key);
                ObjectNode object = (ObjectNode) node;
                node = last ? object.set(key, value) : object.get(key);
                if (!last && !(node != null && node.isContainerNode())) {
                    // The check that follows reports what stands here as unknown or as no section.
                    node = object.putObject(key);
                }
            }
        }
        return path;
    }

    /** Whether the record has text at these keys, whose value is then not parsed: {@code data.root=2024} is a folder. */
    private boolean isText(List<String> keys) {
        Type at = type;
        for (String key : keys) {
            Optional<Type> next = child(at, key);
            if (next.isEmpty()) {
                return false;
            }
            at = next.get();
        }
        return at == String.class;
    }

    private static Optional<Type> child(Type parent, String key) {
        if (parent instanceof ParameterizedType list) {
            return Optional.of(list.getActualTypeArguments()[0]);
        }
        if (!(parent instanceof Class<?> section) || !SchemaCheck.isSection(section)) {
            return Optional.empty();
        }
        return Arrays.stream(section.getRecordComponents())
                .filter(component -> SchemaCheck.key(component).equals(key))
                .findFirst()
                .map(RecordComponent::getGenericType);
    }

    /** The problems as one exception; each is preceded by the file and line, or the option, that gave the key. */
    ConfigException failure(Problems problems) {
        return new ConfigException(problems.list().stream().map(this::locate).toList());
    }

    private String locate(Problems.Problem problem) {
        String path = problem.path();
        String origin = path.isEmpty() ? null : origin(path);
        return origin == null ? problem.toString() : origin + ": " + problem;
    }

    /** Where a key was given: itself, the list it stands in, or, of a section, its first key. */
    private @Nullable String origin(String path) {
        String list = path.replaceFirst("\\[.*", "");
        return Stream.concat(
                        Stream.of(path, list),
                        origins.keySet().stream()
                                .filter(key -> key.startsWith(path + "."))
                                .sorted())
                .map(origins::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
