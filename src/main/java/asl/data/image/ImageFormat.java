package asl.data.image;

import java.util.Locale;

/** The encodings that are read, told apart by their first bytes. */
public enum ImageFormat {
    JPEG,
    PNG,
    WEBP,
    BMP,
    GIF;

    /** Bytes that even the smallest image has. */
    private static final int SHORTEST = 20;

    private static final String PNG_END = "IEND";

    /** The usual end of file names, without the dot. */
    public String extension() {
        return this == JPEG ? "jpg" : name().toLowerCase(Locale.ROOT);
    }

    /** The format by its signature. */
    static ImageFormat detect(byte[] encoded) throws BadImageException {
        if (encoded.length == 0) {
            throw new BadImageException("empty file");
        }
        if (starts(encoded, 0, "\u00ff\u00d8\u00ff")) {
            return JPEG;
        }
        if (starts(encoded, 0, "\u0089PNG\r\n\u001a\n")) {
            return PNG;
        }
        if (starts(encoded, 0, "RIFF") && starts(encoded, 8, "WEBP")) {
            return WEBP;
        }
        if (starts(encoded, 0, "GIF87a") || starts(encoded, 0, "GIF89a")) {
            return GIF;
        }
        if (starts(encoded, 0, "BM") && encoded.length > SHORTEST) {
            return BMP;
        }
        throw new BadImageException("not a JPEG, PNG, WebP, BMP or GIF image");
    }

    private static boolean starts(byte[] bytes, int at, String signature) {
        if (bytes.length < at + signature.length()) {
            return false;
        }
        for (int i = 0; i < signature.length(); i++) {
            if (bytes[at + i] != (byte) signature.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Refuses a file whose end is missing, where a decoder may pass over that in silence; JPEG has its own check. */
    void requireEnd(byte[] encoded) throws BadImageException {
        boolean whole = switch (this) {
            case PNG -> endsWithMark(encoded);
            case WEBP -> encoded.length >= SHORTEST && encoded.length - 8L >= littleEndian(encoded, 4);
            case JPEG, BMP, GIF -> true;
        };
        if (!whole) {
            throw new BadImageException("truncated " + this);
        }
    }

    /** Whether the end chunk stands anywhere; the search starts where it ought to be. */
    private static boolean endsWithMark(byte[] bytes) {
        int at = bytes.length - PNG_END.length();
        while (at > SHORTEST && !starts(bytes, at, PNG_END)) {
            at--;
        }
        return at > SHORTEST;
    }

    private static long littleEndian(byte[] bytes, int at) {
        return (bytes[at] & 0xffL)
                | (bytes[at + 1] & 0xffL) << 8
                | (bytes[at + 2] & 0xffL) << 16
                | (bytes[at + 3] & 0xffL) << 24;
    }
}
