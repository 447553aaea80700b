package asl.data.image;

/**
 * What to make of an image: a box of it, resized to height x width, mirrored or not, as RGB (3) or luma (1).
 *
 * @param flip whether the output is mirrored left to right
 * @param channels 3 = RGB, 1 = ITU-R 601 luma
 */
public record CropView(CropBox box, int height, int width, boolean flip, int channels) {
    public CropView {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("output size must be positive, not " + height + "x" + width);
        }
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("channels must be 1 or 3, not " + channels);
        }
    }

    /** Bytes of the output: height * width * channels. */
    public int size() {
        return height * width * channels;
    }
}
