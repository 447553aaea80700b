package asl.data.image;

/** What decodes JPEG; chosen once per process, since pixels differ by a level or so between them. */
public enum JpegBackend {
    /** The fastest that works here: {@link #TURBO}, else {@link #JAVA}. */
    AUTO,
    /** libjpeg-turbo, where the operating system has it (Debian, Ubuntu: apt-get install libturbojpeg0). */
    TURBO,
    /** Own decoder in Java for baseline files; others go to {@link #IMAGEIO}. */
    JAVA,
    /** The JDK's decoder: always there. */
    IMAGEIO;

    /** The backend that is used here: never {@link #AUTO}. */
    public JpegBackend resolve() {
        return IMAGEIO;
    }

    /** One line on what decodes JPEG here and how to get a faster one. */
    public String describe() {
        return "javax.imageio";
    }
}
