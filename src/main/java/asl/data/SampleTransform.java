package asl.data;

import asl.data.ImageSource.Content;
import asl.data.image.Augmentation;
import asl.data.image.BadImageException;
import asl.data.image.CropView;
import asl.data.image.ImageDecoder;
import asl.data.image.ImageInfo;
import asl.random.RandomStream;

/** Makes of an image the pixels that the model is given. Used by all workers at once; holds no state of its own. */
public interface SampleTransform {
    /** Bytes of a sample: height * width * channels. */
    int size();

    /**
     * Writes uint8 [height, width, channels] to {@code out[offset]} and on.
     *
     * @param decoder the worker's own
     * @param random keyed by seed, epoch and image
     */
    void apply(Content image, ImageDecoder decoder, RandomStream random, byte[] out, int offset)
            throws BadImageException;

    /** A crop and a flip. */
    static SampleTransform of(Augmentation augmentation) {
        return new SampleTransform() {
            @Override
            public int size() {
                return augmentation.size().height() * augmentation.size().width() * augmentation.channels();
            }

            @Override
            public void apply(Content image, ImageDecoder decoder, RandomStream random, byte[] out, int offset)
                    throws BadImageException {
                if (image instanceof ImageSource.Raw raw) {
                    CropView view =
                            augmentation.draw(raw.image().width(), raw.image().height(), random);
                    decoder.resample(raw.image(), view, out, offset);
                } else if (image instanceof ImageSource.Encoded encoded) {
                    ImageInfo info = ImageInfo.probe(encoded.bytes());
                    CropView view = augmentation.draw(info.width(), info.height(), random);
                    decoder.decode(encoded.bytes(), view, out, offset);
                }
            }
        };
    }
}
