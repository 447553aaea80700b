package asl.data.image;

import asl.config.ConfigException;
import java.util.List;

/** What decodes JPEG; chosen once per process, since pixels differ by a level or so between decoders. */
public enum JpegBackend {
    /** The fastest that works here. */
    AUTO,
    /** The system's libjpeg-turbo. */
    TURBO,
    /** The JDK's decoder: always there. */
    IMAGEIO;

    private static final String HOW_TO =
            "install libturbojpeg (Debian, Ubuntu: apt-get install libturbojpeg0; Red Hat: dnf install turbojpeg)";

    /** The backends that work here, the fastest first. */
    public static List<JpegBackend> available() {
        return TurboLibrary.available() ? List.of(TURBO, IMAGEIO) : List.of(IMAGEIO);
    }

    /**
     * The backend that is used here: never {@link #AUTO}.
     *
     * @throws ConfigException if this one doesn't work here
     */
    public JpegBackend resolve() {
        if (this == AUTO) {
            return available().get(0);
        }
        if (!available().contains(this)) {
            throw new ConfigException("JPEG decoder 'turbo' is not on this machine: " + HOW_TO);
        }
        return this;
    }

    /** One line on what decodes JPEG here, and how to get what is faster. */
    public String describe() {
        return switch (resolve()) {
            case TURBO -> "libjpeg-turbo (" + TurboLibrary.name() + ")";
            case IMAGEIO -> {
                String jdk = "javax.imageio of Java " + System.getProperty("java.version");
                yield TurboLibrary.available() ? jdk : jdk + "; for faster decoding, " + HOW_TO;
            }
            case AUTO -> throw new AssertionError("resolved to " + AUTO);
        };
    }
}
