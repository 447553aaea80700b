package asl.data.pack;

import asl.config.ImageSize;
import asl.data.ImageSource.Content;
import asl.data.ImageSource.Encoded;
import asl.data.ImageSource.Raw;
import asl.data.SampleTransform;
import asl.data.image.Augmentation;
import asl.data.image.BadImageException;
import asl.data.image.CropBox;
import asl.data.image.CropView;
import asl.data.image.ImageDecoder;
import asl.data.image.ImageEncoder;
import asl.data.image.ImageInfo;
import asl.data.image.RawImage;
import asl.data.image.WholeImage;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;

/** What is written of an image: bytes that were decoded once to see that they can be, and the format they are in. */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record PackedImage(byte[] bytes, String extension) {
    private static final SampleTransform GLANCE =
            SampleTransform.of(new Augmentation(new WholeImage(), ImageSize.square(32), 3, 0));

    /**
     * Checks an image and, if it is too large, resizes it.
     *
     * @throws BadImageException if it cannot be decoded
     */
    static PackedImage of(Content content, PackOptions options, ImageDecoder decoder) throws BadImageException {
        if (content instanceof Encoded encoded) {
            return of(encoded.bytes(), options, decoder);
        }
        RawImage image = ((Raw) content).image();
        if (!isLarge(image.width(), image.height(), options)) {
            return new PackedImage(ImageEncoder.png(image), "png");
        }
        CropView view = shrunk(image.width(), image.height(), image.channels(), options);
        byte[] pixels = new byte[view.size()];
        decoder.resample(image, view, pixels, 0);
        return jpeg(pixels, view, options);
    }

    private static PackedImage of(byte[] encoded, PackOptions options, ImageDecoder decoder) throws BadImageException {
        ImageInfo info = ImageInfo.probe(encoded);
        if (isLarge(info.width(), info.height(), options)) {
            CropView view = shrunk(info.width(), info.height(), 3, options);
            byte[] pixels = new byte[view.size()];
            decoder.decode(encoded, view, pixels, 0);
            return jpeg(pixels, view, options);
        }
        RandomStream unused = RandomStream.of(0, Purpose.CROP); // a whole image leaves nothing to chance
        GLANCE.apply(new Encoded(encoded), decoder, unused, new byte[GLANCE.size()], 0);
        return new PackedImage(encoded, info.format().extension());
    }

    private static boolean isLarge(int width, int height, PackOptions options) {
        return options.shortSide() > 0 && Math.min(width, height) > options.shortSide();
    }

    private static CropView shrunk(int width, int height, int channels, PackOptions options) {
        double scale = (double) options.shortSide() / Math.min(width, height);
        int newWidth = Math.max(1, (int) Math.round(width * scale));
        int newHeight = Math.max(1, (int) Math.round(height * scale));
        return new CropView(CropBox.whole(width, height), newHeight, newWidth, false, channels);
    }

    private static PackedImage jpeg(byte[] pixels, CropView view, PackOptions options) {
        RawImage image = new RawImage(pixels, view.height(), view.width(), view.channels());
        return new PackedImage(ImageEncoder.jpeg(image, options.quality()), "jpg");
    }
}
