package asl.data;

import asl.config.ImageSize;
import asl.data.image.Augmentation;
import asl.data.image.BadImageException;
import asl.data.image.ImageDecoder;
import asl.data.image.WholeImage;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Decodes every image of a source as a run would, and finds those that a run would skip.
 *
 * @param images that were looked at
 * @param bad of them, that cannot be read
 */
public record DatasetCheck(int images, int bad) {
    /** Images handed to the workers at a time: enough to keep them busy, few enough to report soon. */
    private static final int CHUNK = 256;

    /** The whole of an image goes through the decoder, however small the view; so the size is one that costs little. */
    private static final SampleTransform GLANCE =
            SampleTransform.of(new Augmentation(new WholeImage(), ImageSize.square(32), 3, 0));

    /** An image that cannot be read, and why. */
    public record BadImage(int index, String name, String reason) {}

    /** Told how it goes; called from one thread. */
    public interface Listener {
        /** Bad images come in the order of the source. */
        void bad(BadImage image);

        void progress(int done, int images);
    }

    /** Reads all images with so many threads. */
    public static DatasetCheck of(ImageSource source, int threads, Listener listener) {
        int bad = 0;
        try (DecodeWorkers workers = new DecodeWorkers(threads)) {
            for (int start = 0; start < source.size(); start += CHUNK) {
                int end = Math.min(start + CHUNK, source.size());
                for (BadImage image : badOf(source, start, end, workers)) {
                    bad++;
                    listener.bad(image);
                }
                listener.progress(end, source.size());
            }
        }
        return new DatasetCheck(source.size(), bad);
    }

    private static List<BadImage> badOf(ImageSource source, int start, int end, DecodeWorkers workers) {
        List<Future<Optional<BadImage>>> looks = new ArrayList<>();
        for (int i = start; i < end; i++) {
            int index = i;
            looks.add(workers.submit(decoder -> look(source, index, decoder)));
        }
        return looks.stream()
                .map(DecodeWorkers::await)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<BadImage> look(ImageSource source, int index, ImageDecoder decoder) {
        try {
            RandomStream unused = RandomStream.of(0, Purpose.CROP); // a whole image leaves nothing to chance
            GLANCE.apply(source.read(index), decoder, unused, new byte[GLANCE.size()], 0);
            return Optional.empty();
        } catch (BadImageException | IOException e) {
            return Optional.of(new BadImage(index, source.name(index), String.valueOf(e.getMessage())));
        }
    }
}
