package asl.cli;

import asl.config.ResolvedConfig;
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
        return config.load(type, defaultsResource, outputDir == null ? List.of() : List.of("output_dir=" + outputDir));
    }

    boolean resume() {
        return existing != null && existing.resume;
    }

    boolean overwrite() {
        return existing != null && existing.overwrite;
    }

    boolean dryRun() {
        return dryRun;
    }
}
