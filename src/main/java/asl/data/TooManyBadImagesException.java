package asl.data;

/** More images than the configuration allows cannot be read. */
public final class TooManyBadImagesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyBadImagesException(String message) {
        super(message);
    }
}
