package asl.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;

/**
 * Completes lists of sections: an entry takes what it leaves out from the key of that name in the section around the
 * list, and numbers that have none there are 0. So {@code mix: [{root: /a}, {root: /b}]} is enough.
 */
final class ListEntries {
    private ListEntries() {}

    static void fill(JsonNode section, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode value = section.path(SchemaCheck.key(component));
            if (SchemaCheck.isSection(component.getType())) {
                fill(value, component.getType());
            } else if (component.getGenericType() instanceof ParameterizedType list
                    && list.getActualTypeArguments()[0] instanceof Class<?> entryType
                    && SchemaCheck.isSection(entryType)
                    && value.isArray()) {
                value.forEach(entry -> fillEntry(entry, entryType, section));
            }
        }
    }

    private static void fillEntry(JsonNode entry, Class<?> entryType, JsonNode section) {
        if (!(entry instanceof ObjectNode object)) {
            return;
        }
        for (RecordComponent component : entryType.getRecordComponents()) {
            String key = SchemaCheck.key(component);
            if (object.has(key)) {
                continue;
            }
            if (section.has(key)) {
                object.set(key, section.get(key));
            } else if (component.getType() == double.class || component.getType() == int.class) {
                object.put(key, 0);
            }
        }
    }
}
