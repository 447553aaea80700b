package asl.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Turns configuration files into records: the page of defaults, over it a file, over that {@code key=value} pairs.
 * Strict, and every problem is reported at once.
 */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Loads and checks a configuration.
     *
     * @param defaultsResource class-path name of the commented page that holds every key
     * @param file YAML, or JSON by its ending
     * @param sets pairs such as {@code train.epochs=100}; values are YAML, those of text keys are taken as they stand
     * @throws ConfigException with all problems found
     */
    public static <T extends Record> ResolvedConfig<T> load(
            Class<T> type, String defaultsResource, Optional<Path> file, List<String> sets) {
        Problems problems = new Problems();
        ConfigLayers layers = new ConfigLayers(type, defaults(defaultsResource));
        file.ifPresent(path -> layers.add(ConfigFile.read(path, problems), path.toString()));
        for (String pair : sets) {
            layers.set(pair, problems);
        }
        return resolve(type, layers, problems);
    }

    /**
     * Reads a configuration that was written before, by {@link ResolvedConfig#toYaml()}; keys that were unknown then
     * take their defaults.
     *
     * @param name what error messages call the text
     * @throws ConfigException with all problems found
     */
    public static <T extends Record> ResolvedConfig<T> parse(
            Class<T> type, String defaultsResource, String yaml, String name) {
        Problems problems = new Problems();
        ConfigLayers layers = new ConfigLayers(type, defaults(defaultsResource));
        layers.add(ConfigFile.parse(yaml, name, problems), name);
        return resolve(type, layers, problems);
    }

    /** The text of a page of defaults, comments included. */
    public static String defaultsPage(String defaultsResource) {
        try (InputStream in = ConfigLoader.class.getResourceAsStream("/" + defaultsResource)) {
            if (in == null) {
                throw new IllegalArgumentException(defaultsResource + ": not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode defaults(String defaultsResource) {
        Problems problems = new Problems();
        ConfigFile page = ConfigFile.parse(defaultsPage(defaultsResource), defaultsResource, problems);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(problems.list().toString());
        }
        return page.tree();
    }

    private static <T extends Record> ResolvedConfig<T> resolve(Class<T> type, ConfigLayers layers, Problems problems) {
        ListEntries.fill(layers.tree(), type);
        new SchemaCheck(type, problems).check(layers.tree(), type, "");
        if (!problems.isEmpty()) {
            throw layers.failure(problems);
        }
        T config = bind(layers.tree(), type);
        if (config instanceof Validated validated) {
            validated.validate(problems);
        }
        if (!problems.isEmpty()) {
            throw layers.failure(problems);
        }
        return ResolvedConfig.of(config);
    }

    private static <T> T bind(ObjectNode tree, Class<T> type) {
        try {
            return ConfigMapper.JSON.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new ConfigException(e.getOriginalMessage());
        }
    }
}
