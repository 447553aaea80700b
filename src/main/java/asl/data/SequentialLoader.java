package asl.data;

import asl.data.image.BadImageException;
import asl.data.image.ImageDecoder;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Goes through a source once, in its order, decoding ahead: for measuring, where no image may be seen twice. Images that
 * cannot be read are left out, and told of.
 */
public final class SequentialLoader implements AutoCloseable {
    private final ImageSource source;
    private final SampleTransform transform;
    private final BatchLoader.Options options;
    private final ShardedSampler.Place place;
    private final BadImages bad;
    private final DecodeWorkers workers;
    private final Deque<List<Future<Optional<Sample>>>> ahead = new ArrayDeque<>();
    private long next; // the image that the next batch of this rank begins with

    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Sample(int index, byte[] pixels) {}

    /**
     * Starts the workers.
     *
     * @param place of R ranks, rank r takes the batches r, r + R, ...: so each batch is what it is for one process
     * @param badListener told of every bad image once, in one line, from any thread
     */
    public SequentialLoader(
            ImageSource source,
            SampleTransform transform,
            BatchLoader.Options options,
            ShardedSampler.Place place,
            Consumer<String> badListener) {
        this.source = source;
        this.transform = transform;
        this.options = options;
        this.place = place;
        this.next = (long) place.rank() * options.batchSize();
        this.bad = new BadImages(options.maxBadShare(), source.size(), badListener);
        this.workers = new DecodeWorkers(options.workers());
        for (int i = 0; i < options.prefetch(); i++) {
            begin();
        }
    }

    private void begin() {
        if (next >= source.size()) {
            return;
        }
        List<Future<Optional<Sample>>> batch = new ArrayList<>();
        int end = (int) Math.min(source.size(), next + options.batchSize());
        for (int i = (int) next; i < end; i++) {
            int index = i;
            batch.add(workers.submit(decoder -> make(index, decoder)));
        }
        ahead.add(batch);
        next += (long) place.ranks() * options.batchSize();
    }

    private Optional<Sample> make(int index, ImageDecoder decoder) {
        try {
            byte[] pixels = new byte[transform.size()];
            RandomStream random = RandomStream.of(options.seed(), Purpose.CROP, 0, index);
            transform.apply(source.read(index), decoder, random, pixels, 0);
            bad.good(index);
            return Optional.of(new Sample(index, pixels));
        } catch (BadImageException | IOException e) {
            bad.bad(index, source.name(index), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** The next batch, of epoch 0; none after the last. It is short, or empty, where images could not be read. */
    public Optional<Batch> next() {
        if (ahead.isEmpty()) {
            return Optional.empty();
        }
        List<Sample> samples = new ArrayList<>();
        for (Future<Optional<Sample>> future : ahead.remove()) {
            DecodeWorkers.await(future).ifPresent(samples::add);
        }
        begin();
        return Optional.of(batch(samples));
    }

    private Batch batch(List<Sample> samples) {
        ByteBuffer images = ByteBuffer.allocateDirect(samples.size() * transform.size());
        List<Long> numbers = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (Sample sample : samples) {
            images.put(sample.pixels());
            numbers.add((long) sample.index());
            labels.add(source.label(sample.index()));
        }
        return new Batch(images.flip(), numbers, labels, new Batch.Part(0, 0, 1), buffer -> {});
    }

    /** Stops the workers, each after the image it is at; the source stays open. */
    @Override
    public void close() {
        workers.close();
    }
}
