package asl.data.image;

/** What decodes JPEG; chosen once per process, since pixels differ by a level or so between decoders. */
public enum JpegBackend {
    /** The fastest that works here. */
    AUTO,
    /** The JDK's decoder: always there. */
    IMAGEIO;

    /** The backend that is used here: never {@link #AUTO}. */
    public JpegBackend resolve() {
        return IMAGEIO;
    }

    /** One line on what decodes JPEG here. */
    public String describe() {
        return "javax.imageio of Java " + System.getProperty("java.version");
    }
}
