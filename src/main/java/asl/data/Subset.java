package asl.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Some images of a source, in an order of its own. Closing it closes the source. */
public final class Subset implements ImageSource {
    private final ImageSource source;
    private final int[] images;

    /** @param images their numbers in the source */
    public Subset(ImageSource source, int... images) {
        this.source = source;
        this.images = images.clone();
    }

    /** So many images, spread evenly over the source; all of them if there are no more, or {@code count} is 0. */
    public static ImageSource evenly(ImageSource source, int count) {
        if (count == 0 || count >= source.size()) {
            return source;
        }
        int[] images = new int[count];
        for (int i = 0; i < count; i++) {
            images[i] = (int) ((long) i * source.size() / count);
        }
        return new Subset(source, images);
    }

    @Override
    public int size() {
        return images.length;
    }

    @Override
    public String name(int index) {
        return source.name(images[index]);
    }

    @Override
    public String key(int index) {
        return source.key(images[index]);
    }

    @Override
    public Content read(int index) throws IOException {
        return source.read(images[index]);
    }

    @Override
    public int label(int index) {
        return source.label(images[index]);
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public String fingerprint() {
        return new Fingerprint()
                .add(source.fingerprint())
                .add(Arrays.toString(images))
                .text();
    }

    @Override
    public String describe() {
        return images.length + " of " + source.describe();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
