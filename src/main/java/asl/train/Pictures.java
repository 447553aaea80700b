package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.config.RunConfig;
import asl.data.ImageSource;
import asl.data.SampleTransform;
import asl.data.image.Augmentation;
import asl.data.image.BadImageException;
import asl.data.image.CenterCrop;
import asl.data.image.ImageDecoder;
import asl.data.image.JpegBackend;
import asl.eval.PixelBatch;
import asl.eval.PngFile;
import asl.eval.ReconstructionGrid;
import asl.method.PretrainMethod;
import asl.model.RandomMasking;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Original, masked and reconstructed images side by side, for the first images of the source and one set of masks, so that
 * pictures of different steps can be compared. Where targets are normalised per patch, the true patches' mean and deviation
 * are put back into the predictions.
 */
final class Pictures {
    private final RunConfig config;
    private final ImageSource source;
    private final PretrainMethod method;
    private final Path folder;
    private byte @Nullable [] images; // null before the first picture
    private final List<Long> samples = new ArrayList<>();

    Pictures(RunConfig config, ImageSource source, PretrainMethod method, Path folder) {
        this.config = config;
        this.source = source;
        this.method = method;
        this.folder = folder;
    }

    /** Draws and writes {@code step-N.png}; returns the file's bytes. */
    byte[] write(NDManager manager, long step) throws IOException {
        byte[] original = images();
        ImageSize size = config.model().imageSize();
        int channels = config.model().channels();
        int patches = config.model().patches();
        int count = samples.size();
        long[] ids = RandomMasking.draw(config.seed(), 0, patches, samples);
        try (NDManager results = manager.newSubManager()) {
            NDArray pixels = results.create(
                    ByteBuffer.wrap(original), new Shape(count, size.height(), size.width(), channels), DataType.UINT8);
            PretrainMethod.Inputs inputs =
                    new PretrainMethod.Inputs(pixels, results.create(ids, new Shape(count, patches)), 0, samples);
            float[] reconstructed = method.reconstruct(results, inputs).toFloatArray();
            byte[] png = PngFile.encode(new ReconstructionGrid(config.model().patchSize())
                    .draw(
                            PixelBatch.ofBytes(original, count, size.height(), size.width(), channels),
                            new PixelBatch(reconstructed, count, size.height(), size.width(), channels),
                            RandomMasking.mask(ids, patches, config.visiblePatches())));
            Files.createDirectories(folder);
            Files.write(folder.resolve(String.format(Locale.ROOT, "step-%08d.png", step)), png);
            return png;
        }
    }

    /** The first images that can be read, cut from their centre. */
    private byte[] images() throws IOException {
        if (images != null) {
            return images;
        }
        ImageSize size = config.model().imageSize();
        SampleTransform centre = SampleTransform.of(new Augmentation(
                new CenterCrop(Math.max(size.height(), size.width()), size.height(), size.width()),
                size,
                config.model().channels(),
                0));
        byte[] pixels = new byte[config.log().images() * centre.size()];
        try (ImageDecoder decoder = new ImageDecoder(JpegBackend.AUTO)) {
            for (int i = 0; i < source.size() && samples.size() < config.log().images(); i++) {
                if (read(centre, decoder, i, pixels)) {
                    samples.add((long) i);
                }
            }
        }
        images = Arrays.copyOf(pixels, samples.size() * centre.size());
        return images;
    }

    private boolean read(SampleTransform centre, ImageDecoder decoder, int index, byte[] pixels) throws IOException {
        try {
            RandomStream unused = RandomStream.of(0, Purpose.CROP);
            centre.apply(source.read(index), decoder, unused, pixels, samples.size() * centre.size());
            return true;
        } catch (BadImageException e) {
            return false; // the loader tells of it
        }
    }
}
