package asl.cli;

import asl.config.ConfigException;
import asl.distributed.CommonFailure;
import asl.distributed.Worlds;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns failures into one line on the error stream and an exit code; stack traces only where they were asked for. */
final class Failures {
    /** How long a rank waits for the one that tells of a failure, and then ends all. */
    private static final long PATIENCE_MILLIS = 10_000;

    /** What stops all ranks alike, rank 0 tells first, and ends the others. */
    private static final long HEAD_START_MILLIS = 2_000;

    private Failures() {}

    /** Wrong usage: what is wrong, what may have been meant, where the help is. */
    static int usage(ParameterException failure, String[] args) {
        letTheFirstTell();
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("asl: " + failure.getMessage());
        UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** A command that threw: 2 for a configuration that cannot be used (all its problems), 1 for everything else. */
    static int run(Exception failure, CommandLine command, boolean verbose) {
        if (failure instanceof RankFailure ranked) {
            return ofRank(ranked, command, verbose);
        }
        letTheFirstTell();
        return tell(failure, "asl: ", command.getErr(), verbose);
    }

    /** What a rank meets before it knows the others is most often the same for all, and the first that ends ends all. */
    private static void letTheFirstTell() {
        if (Worlds.launchRank() > 0) {
            pause(PATIENCE_MILLIS);
        }
    }

    /** One of several ranks failed: tells, with its name, and ends all; the others wait for that. */
    static int ofRank(RankFailure failure, CommandLine command, boolean verbose) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        int code = ExitCode.SOFTWARE;
        if (failure.toldElsewhere()) {
            pause(PATIENCE_MILLIS);
        } else {
            pause(failure.world().rank() == 0 ? 0 : HEAD_START_MILLIS);
            String name = "asl: rank " + failure.world().rank() + ": ";
            code = tell(cause, cause instanceof CommonFailure ? "asl: " : name, command.getErr(), verbose);
            command.getErr().flush();
        }
        failure.world().abort(code);
        return code;
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int tell(Throwable failure, String prefix, PrintWriter err, boolean verbose) {
        if (verbose) {
            failure.printStackTrace(err);
        }
        if (failure instanceof ConfigException config) {
            config.problems().forEach(problem -> err.println(prefix + problem));
            return ExitCode.USAGE;
        }
        err.println(prefix + message(failure));
        return ExitCode.SOFTWARE;
    }

    /** Runs a command so that an {@link Error}, a broken native library say, ends like any other failure. */
    static int guard(IExecutionStrategy strategy, ParseResult parsed) {
        try {
            return strategy.execute(parsed);
        } catch (Error error) {
            CommandLine command = parsed.commandSpec().commandLine();
            throw new ExecutionException(command, error.toString(), error);
        }
    }

    /** One line for people; the JDK's file exceptions say only the path. */
    static String message(Throwable failure) {
        if (failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return message(wrapped.getCause());
        }
        String text = failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            return text + ": no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return text + ": permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return text + ": exists already";
        }
        if (text == null || text.isBlank()) {
            return failure.getClass().getSimpleName() + " (--verbose shows where)";
        }
        return text.strip();
    }
}
