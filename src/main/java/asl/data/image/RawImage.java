package asl.data.image;

/**
 * Pixels that need no decoding, as data sets such as CIFAR store them.
 *
 * @param pixels uint8, [height, width, channels]
 * @param channels 3 = RGB, 1 = luma
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a data set's array, never compared
public record RawImage(byte[] pixels, int height, int width, int channels) {
    public RawImage {
        if (pixels.length != (long) height * width * channels || (channels != 1 && channels != 3)) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are no image of " + height + "x" + width + "x" + channels);
        }
    }
}
