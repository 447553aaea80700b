package asl.data;

import asl.config.ConfigException;
import asl.config.LabelledDataConfig;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Batches without end, decoded and cropped by worker threads ahead of the model. What a batch holds depends on seed, epoch
 * and position alone, not on the number of workers or their speed; epochs follow each other without a stall. A bad image
 * gives its place to another one, drawn by a stream of its own.
 */
public final class BatchLoader implements AutoCloseable {
    /** Where to look for a replacement before giving up. */
    private static final int TRIES = 100;

    private final ImageSource source;
    private final ShardedSampler sampler;
    private final SampleTransform transform;
    private final Options options;
    private final BadImages bad;
    private final DecodeWorkers workers;
    private final Deque<Pending> ahead = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private long position;
    private long waitedNanos;

    /**
     * How to load.
     *
     * @param batchSize largest number of images in a batch
     * @param workers threads
     * @param prefetch batches that are ready or being made
     */
    public record Options(long seed, int batchSize, int workers, int prefetch, double maxBadShare) {
        public Options {
            if (batchSize < 1 || workers < 1 || prefetch < 1) {
                throw new IllegalArgumentException("batch size, workers and prefetch must be over 0");
            }
        }

        /**
         * As a labelled set's configuration says.
         *
         * @param threads decoding threads where that is auto
         */
        public static Options of(LabelledDataConfig data, long seed, int batchSize, int threads) {
            int workers = data.workers() > 0 ? data.workers() : Math.max(1, threads);
            return new Options(seed, batchSize, workers, data.prefetch(), data.maxBadShare());
        }
    }

    private record Pending(ByteBuffer images, Batch.Part part, List<Future<Sample>> samples) {}

    private record Sample(int index, int label) {}

    /**
     * Starts the workers.
     *
     * @param start batches to pass over, counted over all epochs: where a resumed run goes on
     * @param badListener told of every bad image once, in one line, from any thread
     */
    public BatchLoader(
            ImageSource source,
            ShardedSampler sampler,
            SampleTransform transform,
            Options options,
            long start,
            Consumer<String> badListener) {
        this.source = source;
        this.sampler = sampler;
        this.transform = transform;
        this.options = options;
        this.position = start;
        this.bad = new BadImages(options.maxBadShare(), source.size(), badListener);
        if (sampler.batchesPerEpoch() == 0) {
            throw new ConfigException("data.root: " + source.describe() + ": too few for one batch of "
                    + options.batchSize() + "; lower train.batch_size or set train.drop_last=false");
        }
        this.workers = new DecodeWorkers(options.workers());
        while (ahead.size() < options.prefetch()) {
            ahead.add(begin());
        }
    }

    /** Batches in an epoch. */
    public long batchesPerEpoch() {
        return sampler.batchesPerEpoch();
    }

    /** Time that {@link #next} spent waiting for workers, in all. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /** Images found bad so far. */
    public int badImages() {
        return bad.count();
    }

    private Pending begin() {
        int epoch = Math.toIntExact(position / batchesPerEpoch());
        long number = position % batchesPerEpoch();
        int[] images = sampler.batch(epoch, number);
        Batch.Part part = new Batch.Part(epoch, number, sampler.weight(number));
        position++;
        ByteBuffer recycled = free.poll();
        ByteBuffer buffer =
                recycled != null ? recycled : ByteBuffer.allocateDirect(options.batchSize() * transform.size());
        buffer.clear().limit(images.length * transform.size());
        List<Future<Sample>> samples = new ArrayList<>(images.length);
        for (int i = 0; i < images.length; i++) {
            int index = images[i];
            int offset = i * transform.size();
            samples.add(workers.submit(decoder -> make(index, epoch, decoder, buffer, offset)));
        }
        return new Pending(buffer, part, samples);
    }

    /** Writes the sample, or another if that one is bad, into the buffer. */
    private Sample make(int wanted, int epoch, ImageDecoder decoder, ByteBuffer buffer, int offset) {
        byte[] pixels = new byte[transform.size()];
        RandomStream others = RandomStream.of(options.seed(), Purpose.SPLIT, epoch, wanted);
        int index = wanted;
        for (int i = 0; i < TRIES; i++) {
            try {
                RandomStream random = RandomStream.of(options.seed(), Purpose.CROP, epoch, index);
                transform.apply(source.read(index), decoder, random, pixels, 0);
                bad.good(index);
                buffer.put(offset, pixels);
                return new Sample(index, source.label(index));
            } catch (BadImageException | IOException e) {
                bad.bad(index, source.name(index), String.valueOf(e.getMessage()));
                index = others.nextInt(source.size());
            }
        }
        throw new TooManyBadImagesException(
                TRIES + " images in a row could not be read, the first " + source.name(wanted));
    }

    /** The next batch; waits for the workers if need be. */
    public Batch next() {
        Pending pending = ahead.remove();
        List<Long> samples = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        long from = System.nanoTime();
        for (Future<Sample> future : pending.samples()) {
            Sample sample = DecodeWorkers.await(future);
            samples.add((long) sample.index());
            labels.add(sample.label());
        }
        waitedNanos += System.nanoTime() - from;
        ahead.add(begin());
        return new Batch(pending.images(), samples, labels, pending.part(), free::add);
    }

    /** Stops the workers, each after the image it is at; the source stays open. */
    @Override
    public void close() {
        workers.close();
    }
}
