package asl.data;

import asl.data.image.BadImageException;
import asl.data.image.ImageDecoder;
import asl.data.image.JpegBackend;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean and standard deviation of every channel over all pixels of a source, in 0..1: what {@code data.mean} and {@code
 * data.std} want.
 *
 * @param images that were read
 * @param bad that could not be read
 */
public record DatasetStats(List<Double> mean, List<Double> std, int images, int bad) {
    /** Sums over pixels; merged by adding. */
    private static final class Sums {
        private final double[] sum;
        private final double[] squares;
        private long pixels;
        private int images;
        private int bad;

        Sums(int channels) {
            sum = new double[channels];
            squares = new double[channels];
        }

        void add(byte[] image) {
            int channels = sum.length;
            for (int i = 0; i < image.length; i++) {
                double value = (image[i] & 0xff) / 255.0;
                sum[i % channels] += value;
                squares[i % channels] += value * value;
            }
            pixels += image.length / channels;
            images++;
        }

        Sums add(Sums other) {
            for (int c = 0; c < sum.length; c++) {
                sum[c] += other.sum[c];
                squares[c] += other.squares[c];
            }
            pixels += other.pixels;
            images += other.images;
            bad += other.bad;
            return this;
        }
    }

    /**
     * Reads the images, on all cores.
     *
     * @param most so many images, evenly over the source; 0 = all
     * @param transform how they are brought to one size
     */
    public static DatasetStats of(ImageSource source, SampleTransform transform, int channels, int most)
            throws IOException {
        int count = most > 0 ? Math.min(most, source.size()) : source.size();
        Sums total = IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> read(source, (int) ((long) i * source.size() / count), transform, channels))
                .reduce(new Sums(channels), (a, b) -> new Sums(channels).add(a).add(b));
        if (total.images == 0) {
            throw new IOException(source.describe() + ": not one image could be read");
        }
        List<Double> mean = new ArrayList<>();
        List<Double> std = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            double m = total.sum[c] / total.pixels;
            mean.add(m);
            std.add(Math.sqrt(Math.max(0, total.squares[c] / total.pixels - m * m)));
        }
        return new DatasetStats(mean, std, total.images, total.bad);
    }

    private static Sums read(ImageSource source, int index, SampleTransform transform, int channels) {
        Sums sums = new Sums(channels);
        byte[] pixels = new byte[transform.size()];
        try (ImageDecoder decoder = new ImageDecoder(JpegBackend.AUTO)) {
            transform.apply(source.read(index), decoder, RandomStream.of(0, Purpose.CROP), pixels, 0);
            sums.add(pixels);
        } catch (BadImageException | IOException e) {
            sums.bad++;
        }
        return sums;
    }
}
