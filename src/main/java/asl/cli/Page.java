package asl.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;

/** A tree of named facts, printed for people or for programs. */
final class Page {
    private Page() {}

    static ObjectNode empty() {
        return new ObjectMapper().createObjectNode();
    }

    /** Prints a page as JSON, or as one {@code name: value} a line, parts indented. */
    static void print(ObjectNode page, boolean json, PrintWriter out) throws JsonProcessingException {
        if (json) {
            out.println(json(page));
        } else {
            print(page, "", out);
        }
        out.flush();
    }

    static String json(ObjectNode page) throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(page);
    }

    private static void print(ObjectNode page, String indent, PrintWriter out) {
        page.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode inner) {
                out.println(indent + field.getKey() + ":");
                print(inner, indent + "  ", out);
            } else {
                out.println(indent + field.getKey() + ": " + field.getValue().asText());
            }
        });
    }
}
