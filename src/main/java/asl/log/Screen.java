package asl.log;

import java.io.PrintStream;

/**
 * Where the progress line goes.
 *
 * @param out takes the text
 * @param terminal whether {@code out} is a terminal, on which a line can be rewritten
 * @param columns width of the terminal in characters
 */
record Screen(PrintStream out, boolean terminal, int columns) {
    private static final int USUAL_COLUMNS = 80;

    /** The error stream. Java 17 cannot tell whether it is a terminal, so {@code scripts/asl} does, in two properties. */
    static Screen stderr() {
        return new Screen(
                System.err, Boolean.getBoolean("asl.terminal"), Integer.getInteger("asl.columns", USUAL_COLUMNS));
    }
}
