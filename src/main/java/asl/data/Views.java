package asl.data;

import asl.config.ImageSize;
import asl.config.LabelledDataConfig;
import asl.data.ImageSource.Content;
import asl.data.augment.RandAugment;
import asl.data.image.Augmentation;
import asl.data.image.BadImageException;
import asl.data.image.CenterCrop;
import asl.data.image.ImageDecoder;
import asl.data.image.RandomResizedCrop;
import asl.data.image.RawImage;
import asl.data.image.TfStyleCrop;
import asl.random.RandomStream;
import java.util.Optional;

/**
 * The views of an image that probes and fine-tuning use.
 *
 * @param size height and width of every view
 * @param channels 3 = RGB, 1 = luma
 */
public record Views(ImageSize size, int channels, LabelledDataConfig data) {
    /**
     * The fixed view of evaluation: the short side resized to size / crop_pct, then the centre.
     */
    public SampleTransform centre() {
        int longer = Math.max(size.height(), size.width());
        int shorter = Math.max(longer, (int) (longer / data.cropPct()));
        return SampleTransform.of(
                new Augmentation(new CenterCrop(shorter, size.height(), size.width()), size, channels, 0));
    }

    /** MAE's linear probe: TensorFlow's single-draw crop, and a flip. */
    public SampleTransform probe() {
        TfStyleCrop crop =
                new TfStyleCrop(data.cropScaleMin(), data.cropScaleMax(), data.cropRatioMin(), data.cropRatioMax());
        return SampleTransform.of(new Augmentation(crop, size, channels, data.hflip()));
    }

    /** Fine-tuning: torchvision's crop, a flip, then RandAugment if there is one. */
    public SampleTransform train(Optional<RandAugment> randAugment) {
        RandomResizedCrop crop = new RandomResizedCrop(
                data.cropScaleMin(), data.cropScaleMax(), data.cropRatioMin(), data.cropRatioMax());
        SampleTransform cropped = SampleTransform.of(new Augmentation(crop, size, channels, data.hflip()));
        return randAugment.map(augment -> augmented(cropped, augment)).orElse(cropped);
    }

    private SampleTransform augmented(SampleTransform cropped, RandAugment augment) {
        return new SampleTransform() {
            @Override
            public int size() {
                return cropped.size();
            }

            @Override
            public void apply(Content image, ImageDecoder decoder, RandomStream random, byte[] out, int offset)
                    throws BadImageException {
                byte[] pixels = new byte[cropped.size()];
                cropped.apply(image, decoder, random, pixels, 0);
                RawImage raw = new RawImage(pixels, Views.this.size.height(), Views.this.size.width(), channels);
                System.arraycopy(augment.apply(raw, random).pixels(), 0, out, offset, pixels.length);
            }
        };
    }
}
