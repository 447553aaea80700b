package asl.cli;

import asl.config.RunConfig;
import asl.config.RunConfig.DataConfig;
import asl.data.DatasetCheck;
import asl.data.ImageSource;
import asl.data.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code asl data check}: every image decoded once, the bad ones listed. */
@Command(
        name = "check",
        description = {
            "Decode every image of a data set (data.root or data.mix of the configuration) and list the bad ones,",
            "one a line: name, tab, reason. Exit code 1 if there are any."
        },
        mixinStandardHelpOptions = true)
final class DataCheckCommand implements Callable<Integer> {
    /** Images between two lines of progress. */
    private static final int PROGRESS_EVERY = 10_000;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        DataConfig data = options.load(RunConfig.class, RunConfig.DEFAULTS, List.of())
                .config()
                .data();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ImageSource source = Sources.open(data)) {
            DatasetCheck check = DatasetCheck.of(source, threads(data), new Report(out, err));
            err.println(check.bad() + " of " + check.images() + " images cannot be read");
            err.flush();
            return check.bad() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    /** As many threads as the configuration says, else one per core. */
    static int threads(DataConfig data) {
        return data.workers() > 0 ? data.workers() : Runtime.getRuntime().availableProcessors();
    }

    /** The list to the output, for other programs; everything else to the error stream. */
    private static final class Report implements DatasetCheck.Listener {
        private final PrintWriter out;
        private final PrintWriter err;
        private int nextLine = PROGRESS_EVERY;

        Report(PrintWriter out, PrintWriter err) {
            this.out = out;
            this.err = err;
        }

        @Override
        public void bad(DatasetCheck.BadImage image) {
            out.println(image.name() + "\t" + image.reason());
            out.flush();
        }

        @Override
        public void progress(int done, int images) {
            if (done >= nextLine) {
                err.println(done + " of " + images + " images");
                err.flush();
                nextLine += PROGRESS_EVERY;
            }
        }
    }
}
