package asl.data.image;

/** Tells libjpeg's harmless warnings from those after which pixels are wrong. */
final class JpegWarnings {
    private JpegWarnings() {}

    /** Whether the warning means missing or garbled pixels; stray bytes between segments are common and harmless. */
    static boolean spoilsPixels(String warning) {
        boolean corrupt = warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous bytes");
        return corrupt || warning.startsWith("Premature end");
    }
}
