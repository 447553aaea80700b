package asl.data.image;

import asl.random.RandomStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures how fast encoded images become views: decode, crop, resize, flip, to uint8, on one thread. Time is the
 * thread's CPU time, so that a busy machine disturbs it less; times the cores, it is what a loader can give at most.
 */
public final class DecodeBench {
    private static final double NANOS = 1e9;

    private DecodeBench() {}

    /** One crop to make of one file, which is in memory already. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of a file, never compared
    public record Item(Path file, byte[] encoded, CropView view) {}

    /** Images per second of one core: the slowest, the middle and the fastest round. */
    public record Speed(JpegBackend backend, double min, double median, double max) {}

    /**
     * Reads the files and draws crops of each.
     *
     * @throws IOException if a file can't be read or is no image; the message names it
     */
    public static List<Item> draw(List<Path> files, Augmentation augmentation, int cropsEach, long seed)
            throws IOException {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            byte[] encoded = Files.readAllBytes(files.get(i));
            ImageInfo info = probe(files.get(i), encoded);
            for (int crop = 0; crop < cropsEach; crop++) {
                RandomStream stream = RandomStream.of(seed, RandomStream.Purpose.CROP, i, crop);
                items.add(new Item(files.get(i), encoded, augmentation.draw(info.width(), info.height(), stream)));
            }
        }
        return items;
    }

    private static ImageInfo probe(Path file, byte[] encoded) throws IOException {
        try {
            return ImageInfo.probe(encoded);
        } catch (BadImageException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Goes through the items once to warm up, then {@code rounds} times. */
    public static Speed measure(JpegBackend backend, List<Item> items, int rounds) throws BadImageException {
        if (items.isEmpty() || rounds < 1) {
            throw new IllegalArgumentException("nothing to measure: " + items.size() + " crops, " + rounds + " rounds");
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] speeds = new double[rounds];
        try (ImageDecoder decoder = new ImageDecoder(backend)) {
            decodeAll(decoder, items);
            for (int round = 0; round < rounds; round++) {
                long from = threads.getCurrentThreadCpuTime();
                decodeAll(decoder, items);
                speeds[round] = items.size() * NANOS / (threads.getCurrentThreadCpuTime() - from);
            }
        }
        Arrays.sort(speeds);
        return new Speed(backend.resolve(), speeds[0], speeds[rounds / 2], speeds[rounds - 1]);
    }

    private static void decodeAll(ImageDecoder decoder, List<Item> items) throws BadImageException {
        byte[] out = {};
        for (Item item : items) {
            if (out.length < item.view().size()) {
                out = new byte[item.view().size()];
            }
            decoder.decode(item.encoded(), item.view(), out, 0);
        }
    }

    /** Writes the crops for {@code scripts/bench_pillow.py}: box, output size, flip and file, tabs between. */
    public static void writeCrops(Path target, List<Item> items) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Item item : items) {
            CropView view = item.view();
            CropBox box = view.box();
            if (!box.cut() || view.channels() != 3) {
                throw new IllegalArgumentException("only RGB crops to whole pixels can be listed, not " + view);
            }
            lines.add("%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s"
                    .formatted(
                            (int) box.x(),
                            (int) box.y(),
                            (int) box.width(),
                            (int) box.height(),
                            view.width(),
                            view.height(),
                            view.flip() ? 1 : 0,
                            item.file().toAbsolutePath()));
        }
        Files.write(target, lines);
    }
}
