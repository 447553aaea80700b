package asl.data.tar;

import java.nio.charset.StandardCharsets;

/** What extended headers say of the member that follows them: a name too long for its header, a size too large. */
final class TarNames {
    /** Longer extended headers than this are damage. */
    static final int LONGEST = 1 << 20;

    private String name = "";
    private long size = -1;

    /** Takes the content of an extended header; throws an IllegalArgumentException if it makes no sense. */
    void add(char type, byte[] content) {
        if (type == TarHeader.GNU_NAME) {
            String text = new String(content, StandardCharsets.UTF_8);
            int end = text.indexOf(0);
            name = end < 0 ? text : text.substring(0, end);
        } else if (type == TarHeader.PAX) {
            addPax(content);
        }
    }

    /** Records "length key=value\n", where length counts the bytes of the whole record. */
    private void addPax(byte[] content) {
        int at = 0;
        while (at < content.length) {
            int blank = at;
            while (blank < content.length && content[blank] != ' ') {
                blank++;
            }
            int length = Integer.parseInt(new String(content, at, blank - at, StandardCharsets.US_ASCII));
            if (blank >= content.length || length <= blank - at + 1 || length > content.length - at) {
                throw new IllegalArgumentException("a record of " + length + " bytes");
            }
            String record = new String(content, blank + 1, at + length - blank - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            String value = record.substring(equals + 1);
            switch (record.substring(0, Math.max(0, equals))) {
                case "path" -> name = value;
                case "size" -> size = Long.parseLong(value);
                default -> {} // times, owners and such
            }
            at += length;
        }
    }

    String name(String inHeader) {
        return name.isEmpty() ? inHeader : name;
    }

    long size(long inHeader) {
        return size < 0 ? inHeader : size;
    }
}
