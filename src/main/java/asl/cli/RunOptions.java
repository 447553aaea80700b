package asl.cli;

import asl.config.ResolvedConfig;
import asl.train.RunFolder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that trains. */
final class RunOptions {
    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(
            names = {"-o", "--output-dir"},
            paramLabel = "FOLDER",
            description = "Where checkpoints, metrics and images go; the same as --set output_dir=FOLDER.")
    private @Nullable String outputDir;

    @ArgGroup
    private @Nullable Existing existing; // null where neither was given

    @Option(
            names = "--dry-run",
            description = "Print the resolved configuration and what the run would cost, and exit.")
    private boolean dryRun;

    /** What to do about a run that is in the output folder already; without either that is an error. */
    private static final class Existing {
        @Option(
                names = "--resume",
                description = "Go on from the newest checkpoint in the output folder, if there is one.")
        private boolean resume;

        @Option(names = "--overwrite", description = "Start anew in an output folder that holds a run already.")
        private boolean overwrite;
    }

    /** Loads and checks the configuration. */
    <T extends Record> ResolvedConfig<T> load(Class<T> type, String defaultsResource) {
        return load(type, defaultsResource, List.of());
    }

    /** The same with further settings that go over all others. */
    <T extends Record> ResolvedConfig<T> load(Class<T> type, String defaultsResource, List<String> overrides) {
        List<String> all = new ArrayList<>(overrides);
        if (outputDir != null) {
            all.add("output_dir=" + outputDir);
        }
        return config.load(type, defaultsResource, all);
    }

    /** What to do about a run that is in the output folder already. */
    RunFolder.Existing existing() {
        if (existing != null && existing.resume) {
            return RunFolder.Existing.RESUME;
        }
        return existing != null && existing.overwrite ? RunFolder.Existing.OVERWRITE : RunFolder.Existing.REFUSE;
    }

    boolean dryRun() {
        return dryRun;
    }
}
