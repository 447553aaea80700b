package asl.data;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Images that go through the model together. Closing it gives its memory back to the loader. */
public final class Batch implements AutoCloseable {
    private final ByteBuffer images;
    private final List<Long> samples;
    private final List<Integer> labels;
    private final Part part;
    private final Consumer<ByteBuffer> recycle;

    /**
     * What it is of.
     *
     * @param number among the batches of its epoch, from 0
     * @param weight as {@link ShardedSampler#weight} defines it
     */
    record Part(int epoch, long number, double weight) {}

    Batch(ByteBuffer images, List<Long> samples, List<Integer> labels, Part part, Consumer<ByteBuffer> recycle) {
        this.images = images;
        this.samples = List.copyOf(samples);
        this.labels = List.copyOf(labels);
        this.part = part;
        this.recycle = recycle;
    }

    /** uint8 [B, H, W, C], direct, from position to limit; not to be used after {@link #close}. */
    public ByteBuffer images() {
        return images;
    }

    /** Numbers of the images in their source. */
    public List<Long> samples() {
        return samples;
    }

    /** Labels by image; {@link ImageSource#NO_LABEL} where there is none. */
    public List<Integer> labels() {
        return labels;
    }

    public int epoch() {
        return part.epoch();
    }

    /** Its place among the batches of its epoch, from 0; the same for all ranks. */
    public long number() {
        return part.number();
    }

    /**
     * Its images relative to an even division of the batch that all ranks have together: 1, but for the last of an epoch
     * where that is not full. Gradients are scaled by it before their mean over the ranks is taken.
     */
    public double weight() {
        return part.weight();
    }

    @Override
    public void close() {
        recycle.accept(images);
    }
}
