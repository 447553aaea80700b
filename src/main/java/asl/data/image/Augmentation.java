package asl.data.image;

import asl.config.ImageSize;
import asl.config.RunConfig;
import asl.config.RunConfig.DataConfig;
import asl.random.RandomStream;

/**
 * How views of images are drawn: a crop, resized to one size, then mirrored with a probability.
 *
 * @param size height and width of every view
 * @param channels 3 = RGB, 1 = luma
 * @param hflip probability of a horizontal flip
 */
public record Augmentation(Cropper cropper, ImageSize size, int channels, double hflip) {
    public Augmentation {
        if (!(hflip >= 0 && hflip <= 1)) {
            throw new IllegalArgumentException("probability of a flip must lie in [0, 1], not " + hflip);
        }
    }

    /** Crops, flips and size of a pre-training. */
    public static Augmentation of(RunConfig config) {
        DataConfig data = config.data();
        RandomResizedCrop crop = new RandomResizedCrop(
                data.cropScaleMin(), data.cropScaleMax(), data.cropRatioMin(), data.cropRatioMax());
        return new Augmentation(crop, config.model().imageSize(), config.model().channels(), data.hflip());
    }

    /** The view of an image of the given size in pixels; the crop is drawn first, then the flip. */
    public CropView draw(int width, int height, RandomStream stream) {
        CropBox box = cropper.draw(width, height, stream);
        boolean flip = stream.nextDouble() < hflip;
        return new CropView(box, size.height(), size.width(), flip, channels);
    }
}
