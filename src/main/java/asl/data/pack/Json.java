package asl.data.pack;

/** Text as a JSON string holds it. */
final class Json {
    private Json() {}

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                escaped.append('\\').append(letter);
            } else if (letter < ' ') {
                escaped.append("\\u%04x".formatted((int) letter));
            } else {
                escaped.append(letter);
            }
        }
        return escaped.toString();
    }
}
