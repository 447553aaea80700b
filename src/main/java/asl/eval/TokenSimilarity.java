package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.ImageSize;
import asl.config.Pool;
import asl.data.ImageSource;
import asl.data.SampleTransform;
import asl.data.Views;
import asl.data.image.BadImageException;
import asl.data.image.ImageDecoder;
import asl.data.image.JpegBackend;
import asl.distributed.World;
import asl.eval.FeatureExtractor.Reading;
import asl.eval.SimilarityCurves.Curve;
import asl.model.FrozenEncoder;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How alike the patch tokens of images are inside an encoder, layer by layer (paper Fig. 1). */
public record TokenSimilarity(NDManager manager, FrozenEncoder encoder, Views views) {
    /** About so many pixels is the side of a tile of a heat map. */
    private static final int TILE = 168;

    private static final double OPACITY = 0.75;

    /**
     * Mean over a data set of the mean cosine of all pairs of patch tokens, each rank computing its share.
     *
     * @param name of the model
     */
    public Curve curve(String name, ImageSource source, Reading reading, World world) throws IOException {
        ImageFeatures layers = new ImageFeatures() {
            @Override
            public List<Pool> pools() {
                return List.of();
            }

            @Override
            public int width() {
                return encoder.model().blocks() + 2;
            }

            @Override
            public String identity() {
                return "similarities";
            }

            @Override
            public NDArray of(NDManager results, NDArray images) {
                return encoder.similarities(results, images); // [L + 2, B]
            }
        };
        double[] sums = new double[layers.width() + 1];
        new FeatureExtractor(manager, layers, views, reading).forEach(source, (batch, values) -> {
            int count = batch.samples().size();
            float[] cosines = values.toFloatArray();
            for (int i = 0; i < cosines.length; i++) {
                sums[i / count] += cosines[i];
            }
            sums[layers.width()] += count;
        });
        double[] all = world.allReduceSum(sums);
        double images = all[layers.width()];
        if (images == 0) {
            throw new IOException(source.describe() + ": not one image could be read");
        }
        return new Curve(
                name,
                Arrays.stream(all, 0, layers.width())
                        .map(sum -> sum / images)
                        .boxed()
                        .toList());
    }

    /**
     * The image and, over it, the cosine of every patch token with that of one patch, after the embedding, every block and
     * the norm: tiles from left to right.
     *
     * @param patch its number, row by row; negative = the one in the middle
     */
    public List<BufferedImage> tiles(ImageSource.Content image, int patch) throws IOException {
        int rows = encoder.model().gridHeight();
        int columns = encoder.model().gridWidth();
        int chosen = patch < 0 ? rows / 2 * columns + columns / 2 : patch;
        if (chosen >= rows * columns) {
            throw new IOException("--patch: " + patch + ": there are " + rows * columns + " patches, " + rows + " x "
                    + columns + ", numbered from 0");
        }
        ImageSize size = views.size();
        byte[] pixels = pixels(image);
        BufferedImage picture = PixelBatch.ofBytes(pixels, 1, size.height(), size.width(), views.channels())
                .image(0, Math.max(1, TILE / Math.max(size.height(), size.width())));
        List<BufferedImage> tiles = new ArrayList<>(List.of(picture));
        try (NDManager results = manager.newSubManager()) {
            NDArray batch = results.create(
                    ByteBuffer.wrap(pixels),
                    new Shape(1, size.height(), size.width(), views.channels()),
                    DataType.UINT8);
            float[] cosines = encoder.similarityMaps(results, batch, chosen).toFloatArray(); // [L + 2, 1, N]
            for (int layer = 0; layer < encoder.model().blocks() + 2; layer++) {
                double[][] grid = new double[rows][columns];
                for (int i = 0; i < rows * columns; i++) {
                    grid[i / columns][i % columns] = cosines[layer * rows * columns + i];
                }
                tiles.add(new HeatMap(0, 1).overlay(picture, grid, OPACITY));
            }
        }
        return tiles;
    }

    private byte[] pixels(ImageSource.Content image) throws IOException {
        SampleTransform centre = views.centre();
        byte[] pixels = new byte[centre.size()];
        try (ImageDecoder decoder = new ImageDecoder(JpegBackend.AUTO)) {
            centre.apply(image, decoder, RandomStream.of(0, Purpose.CROP), pixels, 0); // draws nothing
            return pixels;
        } catch (BadImageException e) {
            throw new IOException("--image: " + e.getMessage(), e);
        }
    }
}
