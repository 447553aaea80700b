package asl.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares a tree with the records it is to become and reports every key that is unknown, missing or of a wrong type. */
final class SchemaCheck {
    private final List<String> knownKeys;
    private final Problems problems;

    SchemaCheck(Class<?> root, Problems problems) {
        this.knownKeys = keys(root);
        this.problems = problems;
    }

    /** Checks a value against the type it is to have; the path is empty at the root. */
    void check(JsonNode node, Type type, String path) {
        if (node.isNull()) {
            problems.add(path, "has no value; give one or leave the key out");
        } else if (type instanceof ParameterizedType list) {
            checkList(node, list.getActualTypeArguments()[0], path);
        } else if (type instanceof Class<?> plain && isSection(plain)) {
            checkSection(node, plain, path);
        } else {
            checkScalar(node, (Class<?>) type, path);
        }
    }

    private void checkSection(JsonNode node, Class<?> section, String path) {
        if (!node.isObject()) {
            problems.add(path, "expected keys and values, not " + describe(node));
            return;
        }
        List<String> siblings = new ArrayList<>();
        Set<String> unknown = new HashSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        for (RecordComponent component : section.getRecordComponents()) {
            String key = key(component);
            String keyPath = join(path, key);
            JsonNode value = node.get(key);
            if (value == null) {
                problems.add(keyPath, "missing");
            } else if (!(component.isAnnotationPresent(Auto.class) && isAuto(value))) {
                check(value, component.getGenericType(), keyPath);
            }
            unknown.remove(key);
            siblings.add(keyPath);
        }
        unknown.stream().sorted().forEach(key -> reportUnknown(join(path, key), siblings));
    }

    private void reportUnknown(String path, List<String> siblings) {
        String hint = NearestKey.of(path, siblings)
                .or(() -> NearestKey.of(path, knownKeys))
                .map(nearest -> " (did you mean " + nearest + "?)")
                .orElse("");
        problems.add(path, "unknown key" + hint);
    }

    private void checkList(JsonNode node, Type element, String path) {
        if (!node.isArray()) {
            problems.add(path, "expected a list, not " + describe(node));
            return;
        }
        for (int i = 0; i < node.size(); i++) {
            check(node.get(i), element, path + "[" + i + "]");
        }
    }

    private void checkScalar(JsonNode node, Class<?> type, String path) {
        if (type.isEnum()) {
            checkEnum(node, type, path);
        } else if (type == int.class || type == long.class || type == Integer.class) {
            boolean fits = type == long.class ? node.canConvertToLong() : node.canConvertToInt();
            problems.require(node.isIntegralNumber() && fits, path, "expected a whole number, not " + describe(node));
        } else if (type == double.class || type == Double.class) {
            boolean finite = node.isNumber() && Double.isFinite(node.doubleValue());
            problems.require(finite, path, "expected a number, not " + describe(node));
        } else if (type == boolean.class) {
            problems.require(node.isBoolean(), path, "expected true or false, not " + describe(node));
        } else if (type == String.class) {
            problems.require(node.isTextual(), path, "expected text, not " + describe(node) + "; put it in quotes");
        } else {
            checkOwn(node, type, path);
        }
    }

    private void checkEnum(JsonNode node, Class<?> type, String path) {
        List<String> allowed = Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .toList();
        boolean known = node.isTextual() && allowed.contains(node.textValue().toLowerCase(Locale.ROOT));
        problems.require(
                known,
                path,
                "expected " + allowed.stream().collect(Collectors.joining(", ")) + ", not " + describe(node));
    }

    /** A type with a reader of its own, such as {@link ImageSize}. */
    private void checkOwn(JsonNode node, Class<?> type, String path) {
        try {
            ConfigMapper.JSON.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            problems.add(path, String.valueOf(cause.getMessage()));
        }
    }

    /** Every dotted path below a record: sections and single values alike. */
    static List<String> keys(Class<?> root) {
        List<String> keys = new ArrayList<>();
        collect(root, "", keys);
        return keys;
    }

    private static void collect(Class<?> section, String path, List<String> keys) {
        for (RecordComponent component : section.getRecordComponents()) {
            String keyPath = join(path, key(component));
            keys.add(keyPath);
            if (isSection(component.getType())) {
                collect(component.getType(), keyPath, keys);
            }
        }
    }

    /** The key of a record component in a file. */
    static String key(RecordComponent component) {
        return SnakeCaseStrategy.INSTANCE.translate(component.getName());
    }

    /** Whether a type is written as keys and values: a record that has no reader of its own. */
    static boolean isSection(Class<?> type) {
        return type.isRecord()
                && Arrays.stream(type.getDeclaredMethods()).noneMatch(m -> m.isAnnotationPresent(JsonCreator.class));
    }

    private static boolean isAuto(JsonNode node) {
        return node.isTextual() && node.textValue().equals(Auto.WORD);
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** A value as an error message shows it. */
    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "keys and values";
            case ARRAY -> "a list";
            case STRING -> "'" + node.textValue() + "'";
            case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> node.asText();
        };
    }
}
