package asl.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results as an indented JSON file, for programs that go on from them. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonFile() {}

    /**
     * Writes maps, lists, texts, numbers and flags, nested as they come; a number that is not finite becomes {@code null},
     * since JSON has no word for it. A file of that name is replaced as a whole.
     */
    public static void write(Path file, Map<String, ?> content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(fresh, text(content) + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The same as text. */
    public static String text(Object content) {
        try {
            return JSON.writeValueAsString(finite(content));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not to be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Object finite(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, entry) -> copy.put(String.valueOf(key), finite(entry)));
            return copy;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(JsonFile::finite).toList();
        }
        boolean number = !(value instanceof Double real) || Double.isFinite(real);
        return number ? value : JSON.nullNode();
    }
}
