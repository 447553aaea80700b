package asl.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of defaults and the records name the same keys, and the pages explain them. */
final class DefaultsPageTest {
    static List<Arguments> pages() {
        return List.of(
                Arguments.of(RunConfig.class, RunConfig.DEFAULTS),
                Arguments.of(LinprobeConfig.class, LinprobeConfig.DEFAULTS),
                Arguments.of(FinetuneConfig.class, FinetuneConfig.DEFAULTS));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void holdsEveryKeyOfTheRecordsAndNoOther(Class<? extends Record> type, String page) {
        Problems problems = new Problems();
        ConfigFile file = ConfigFile.parse(ConfigLoader.defaultsPage(page), page, problems);
        List<String> keys = new ArrayList<>();
        collect(file.tree(), "", keys);
        assertThat(problems.list()).isEmpty();
        assertThat(keys).containsExactlyElementsOf(SchemaCheck.keys(type));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void isValidByItself(Class<? extends Record> type, String page) {
        assertThat(ConfigLoader.load(type, page, Optional.empty(), List.of()).tree())
                .isNotEmpty();
    }

    private static void collect(JsonNode section, String path, List<String> keys) {
        for (Map.Entry<String, JsonNode> field : section.properties()) {
            String key = SchemaCheck.join(path, field.getKey());
            keys.add(key);
            collect(field.getValue(), key, keys);
        }
    }
}
