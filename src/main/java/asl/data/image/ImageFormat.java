package asl.data.image;

/** The encodings that are read, told apart by their first bytes. */
public enum ImageFormat {
    JPEG,
    PNG,
    WEBP,
    BMP,
    GIF
}
