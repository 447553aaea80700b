package asl.interop;

/** Text out of files that we do not trust, made fit for a line on a terminal. */
public final class Printable {
    private static final int LONGEST = 400;

    private Printable() {}

    /** The text with control, formatting and other invisible characters as escapes of Java, cut where it is too long. */
    public static String line(String text) {
        String whole = visible(text.length() <= LONGEST ? text : text.substring(0, LONGEST), false);
        return text.length() <= LONGEST ? whole : whole + "...";
    }

    /** The same at any length, with its line breaks and tabs. */
    public static String lines(String text) {
        return visible(text, true);
    }

    private static String visible(String text, boolean breaks) {
        StringBuilder line = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (hidden(character) && !(breaks && (character == '\n' || character == '\t'))) {
                line.append(String.format("\\u%04x", character));
            } else {
                line.appendCodePoint(character);
            }
        });
        return line.toString();
    }

    private static boolean hidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
