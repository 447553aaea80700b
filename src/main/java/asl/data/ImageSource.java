package asl.data;

import asl.data.image.RawImage;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Images by number, encoded or raw, with labels where there are any. Thread-safe. */
public interface ImageSource extends Closeable {
    /** The label of an image that has none. */
    int NO_LABEL = -1;

    int size();

    /** What to call an image in a message: its path, or the file and its number there. */
    String name(int index);

    /** What to call it where the source's own place does not matter: a relative path; unlike those of all others. */
    default String key(int index) {
        return "%08d".formatted(index);
    }

    /** The image, read anew. */
    Content read(int index) throws IOException;

    /** The number of its class, or {@link #NO_LABEL}. */
    int label(int index);

    /** Names of the classes by number; empty where nothing is labelled or named. */
    List<String> classNames();

    /** From where how many images are drawn in an epoch; one share of everything but for weighted mixes. */
    default List<Share> shares() {
        return List.of(new Share(0, size(), size()));
    }

    /**
     * Numbers of the first images of the parts that are stored each in a file of its own, ascending from 0; one part where
     * that is not so.
     */
    default List<Integer> partStarts() {
        return List.of(0);
    }

    /** So many draws an epoch out of the images {@code start} to {@code start + size - 1}. */
    record Share(int start, int size, int draws) {}

    /** What it is, for people: layout, place, size. */
    String describe();

    /** A text that changes when images are added, removed, replaced or labelled anew: what kept features hang on. */
    default String fingerprint() {
        return describe();
    }

    @Override
    default void close() throws IOException {}

    /** An image as a source holds it. */
    sealed interface Content {}

    /** The bytes of an image file. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Encoded(byte[] bytes) implements Content {}

    /** Pixels. */
    record Raw(RawImage image) implements Content {}
}
