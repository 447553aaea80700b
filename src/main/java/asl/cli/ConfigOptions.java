package asl.cli;

import asl.config.ConfigLoader;
import asl.config.ResolvedConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where settings come from: the options of every command that reads a configuration. */
final class ConfigOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML or JSON file with what differs from the defaults (asl config --defaults shows them).")
    private @Nullable Path file;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "One setting over the file's, such as --set train.epochs=100; may be repeated.")
    private List<String> sets = new ArrayList<>();

    /** Loads and checks the configuration, with further settings that go over all others. */
    <T extends Record> ResolvedConfig<T> load(Class<T> type, String defaultsResource, List<String> overrides) {
        List<String> all = new ArrayList<>(sets);
        all.addAll(overrides);
        return ConfigLoader.load(type, defaultsResource, Optional.ofNullable(file), all);
    }
}
