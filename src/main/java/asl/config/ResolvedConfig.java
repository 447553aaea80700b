package asl.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A configuration with every value filled in.
 *
 * @param config the typed record
 * @param tree the same as keys and values, for whoever prints or stores it
 */
public record ResolvedConfig<T extends Record>(T config, JsonNode tree) {
    /** The resolved form of a record. */
    public static <T extends Record> ResolvedConfig<T> of(T config) {
        return new ResolvedConfig<>(config, ConfigMapper.JSON.valueToTree(config));
    }

    /** All keys and values; a run given this text repeats this one. */
    public String toYaml() {
        try {
            return ConfigMapper.YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
