package asl.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * One YAML or JSON text as a tree, with the line of every key.
 *
 * @param lines line numbers from 1, by dotted path; entries of lists as {@code data.mix[0]}
 */
record ConfigFile(ObjectNode tree, Map<String, Integer> lines) {
    private static final Pattern OCTAL = Pattern.compile("[-+]?0[0-9_]+");

    /** Reads a file; one that is missing or no YAML is a problem that names it. */
    static ConfigFile read(Path file, Problems problems) {
        try {
            return parse(Files.readString(file), file.toString(), problems);
        } catch (NoSuchFileException e) {
            problems.add("", file + ": no such file");
        } catch (CharacterCodingException e) {
            problems.add("", file + ": not a text file (YAML or JSON in UTF-8 was expected)");
        } catch (IOException e) {
            problems.add("", file + ": " + (Files.isDirectory(file) ? "a folder, not a file" : e.getMessage()));
        }
        return empty();
    }

    /** Parses text; {@code name} is what problems call it, and JSON is told from YAML by its ending. */
    static ConfigFile parse(String text, String name, Problems problems) {
        ObjectMapper mapper = name.endsWith(".json") ? ConfigMapper.JSON : ConfigMapper.YAML;
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = mapper.createParser(text)) {
            scan(parser, name, lines, problems);
            JsonNode root = mapper.readTree(text);
            if (root instanceof ObjectNode object) {
                return new ConfigFile(object, lines);
            }
            if (!root.isMissingNode() && !root.isNull()) {
                problems.add("", name + ": expected keys and values, not " + SchemaCheck.describe(root));
            }
        } catch (IOException e) {
            problems.add("", name + syntaxError(e));
        }
        return empty();
    }

    private static ConfigFile empty() {
        return new ConfigFile(ConfigMapper.JSON.createObjectNode(), Map.of());
    }

    /** One pass over the tokens for what a tree no longer shows: lines, repeated keys, aliases, octal numbers. */
    private static void scan(JsonParser parser, String name, Map<String, Integer> lines, Problems problems)
            throws IOException {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            int line = parser.currentTokenLocation().getLineNr();
            String at = name + ":" + line + ": ";
            String path = path(parser.getParsingContext());
            if (token == JsonToken.FIELD_NAME) {
                Integer first = lines.putIfAbsent(path, line);
                if (first != null) {
                    problems.add("", at + path + ": given before, on line " + first);
                }
            } else if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                problems.add("", at + path + ": aliases are not supported; repeat the value");
            } else if (token == JsonToken.VALUE_NUMBER_INT
                    && OCTAL.matcher(parser.getText()).matches()) {
                problems.add("", at + path + ": a number with a leading zero is octal in YAML; leave the zero out");
            }
            lines.putIfAbsent(path, line);
        }
    }

    private static String path(JsonStreamContext context) {
        if (context.inRoot() || context.getParent() == null) {
            return "";
        }
        String parent = path(context.getParent());
        if (context.inArray()) {
            return parent + "[" + context.getCurrentIndex() + "]";
        }
        String key = context.getCurrentName() == null ? "" : context.getCurrentName();
        return parent.isEmpty() ? key : parent + "." + key;
    }

    private static String syntaxError(IOException e) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return ":" + (marked.getProblemMark().getLine() + 1) + ": not valid YAML: " + marked.getProblem();
        }
        if (e instanceof JsonProcessingException syntax) {
            String line = syntax.getLocation() == null
                    ? ""
                    : ":" + syntax.getLocation().getLineNr();
            return line + ": not valid: "
                    + syntax.getOriginalMessage().lines().findFirst().orElse("");
        }
        return ": " + e.getMessage();
    }
}
