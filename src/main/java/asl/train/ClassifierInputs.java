package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.FinetuneConfig;
import asl.config.FinetuneConfig.AugmentConfig;
import asl.config.ImageSize;
import asl.data.Batch;
import asl.data.augment.Box;
import asl.data.augment.ErasedBoxes;
import asl.data.augment.Mixup;
import asl.data.augment.RandomErasing;
import asl.model.DropPath;
import asl.ops.ClassifierKernels;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A batch as a classifier learns it (RECIPES 1.3): normalised, boxes erased, mixed with itself in reverse order; with it
 * the residual branches that each image skips and the soft labels. Draws are keyed by seed, epoch and image; the one of
 * mixing, which is for the whole batch, by its number: all ranks draw the same.
 */
final class ClassifierInputs {
    private final FinetuneConfig config;
    private final ClassifierKernels kernels;
    private final int classes;
    private final DropPath dropPath;
    private final Mixup mixup;
    private final ErasedBoxes erasing;

    /**
     * What goes through the model.
     *
     * @param images uint8 [B, H, W, C], or normalised float32 [B, C, H, W]
     * @param drop [2L, B], or empty where no depth is dropped
     * @param targets [B, classes]
     */
    record Inputs(NDArray images, NDArray drop, NDArray targets) {}

    /** @param config with a model whose sizes are all known, and the number of classes */
    ClassifierInputs(FinetuneConfig config, ClassifierKernels kernels) {
        this.config = config;
        this.kernels = kernels;
        this.classes = config.classifier().classes();
        this.dropPath =
                new DropPath(config.model().blocks(), config.classifier().dropPath());
        AugmentConfig augment = config.augment();
        this.mixup = new Mixup(
                augment.mixup(),
                augment.cutmix(),
                augment.mixupProb(),
                augment.switchProb(),
                config.classifier().labelSmoothing());
        ImageSize size = config.model().imageSize();
        this.erasing = new ErasedBoxes(
                new RandomErasing(augment.erasing(), augment.erasingCount()),
                augment.erasingMode(),
                new ErasedBoxes.Size(size.height(), size.width(), config.model().channels()),
                config.seed());
    }

    Inputs of(NDManager results, Batch batch) {
        long[] samples = batch.samples().stream().mapToLong(Long::longValue).toArray();
        ImageSize size = config.model().imageSize();
        RandomStream random = RandomStream.of(config.seed(), Purpose.MIXUP, batch.epoch(), batch.number());
        Mixup.Mix mix = mixup.draw(size.height(), size.width(), random);
        int[] labels = batch.labels().stream().mapToInt(Integer::intValue).toArray();
        float[] targets = mixup.targets(labels, classes, mix.lambda());
        return new Inputs(
                images(results, batch, mix, samples),
                drop(results, batch.epoch(), samples),
                results.create(targets, new Shape(labels.length, classes)));
    }

    private NDArray images(NDManager results, Batch batch, Mixup.Mix mix, long[] samples) {
        int count = samples.length;
        int height = config.model().imageSize().height();
        int width = config.model().imageSize().width();
        int channels = config.model().channels();
        NDArray images = results.create(batch.images(), new Shape(count, height, width, channels), DataType.UINT8);
        ErasedBoxes.Erased erased = erasing.draw(batch.epoch(), samples);
        if (!erased.any() && !mix.mixes()) {
            return images; // normalised where they become patches
        }
        NDArray pixels = kernels.normalize(results, images); // [B, C, H, W]
        if (erased.any()) {
            NDArray mask =
                    results.create(ByteBuffer.wrap(erased.mask()), new Shape(count, 1, height, width), DataType.UINT8);
            NDArray fill = results.create(erased.fill(), new Shape(count, channels, height, width));
            pixels = kernels.erase(results, pixels, mask, fill);
        }
        return mix.mixes() ? kernels.mix(results, pixels, own(results, mix, height, width)) : pixels;
    }

    /** The share of every pixel that an image keeps, [H, W]. */
    private static NDArray own(NDManager results, Mixup.Mix mix, int height, int width) {
        float[] own = new float[height * width];
        if (mix.isCutmix()) {
            Arrays.fill(own, 1);
            Box box = mix.box();
            for (int y = box.top(); y < box.bottom(); y++) {
                Arrays.fill(own, y * width + box.left(), y * width + box.right(), 0);
            }
        } else {
            Arrays.fill(own, (float) mix.lambda());
        }
        return results.create(own, new Shape(height, width));
    }

    private NDArray drop(NDManager results, int epoch, long[] samples) {
        if (dropPath.off()) {
            return kernels.noDrop();
        }
        float[] scales = dropPath.draw(config.seed(), epoch, samples);
        return results.create(scales, new Shape(2L * dropPath.blocks(), samples.length));
    }
}
