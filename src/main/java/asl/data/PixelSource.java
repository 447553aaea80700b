package asl.data;

import asl.data.image.RawImage;
import java.nio.file.Path;
import java.util.List;

/** Small images of one size, all in memory: what CIFAR and IDX files come down to. */
final class PixelSource implements ImageSource {
    private final String kind;
    private final Frame frame;
    private final byte[] pixels;
    private final int[] labels;
    private final List<String> classNames;
    private final List<Path> files;

    /** Size of every image. */
    record Frame(int height, int width, int channels) {
        int bytes() {
            return height * width * channels;
        }
    }

    /**
     * A source of pixels.
     *
     * @param pixels uint8 [n, height, width, channels]
     * @param labels as many as images, or none
     */
    PixelSource(Origin origin, Frame frame, byte[] pixels, int[] labels, List<String> classNames) {
        this.kind = origin.kind();
        this.files = List.copyOf(origin.files());
        this.frame = frame;
        this.pixels = pixels;
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
    }

    /** Layout, split and place in words, and the files that were read. */
    record Origin(String kind, List<Path> files) {}

    @Override
    public int size() {
        return pixels.length / frame.bytes();
    }

    @Override
    public String name(int index) {
        return kind + " image " + index;
    }

    @Override
    public Content read(int index) {
        byte[] image = new byte[frame.bytes()];
        System.arraycopy(pixels, index * image.length, image, 0, image.length);
        return new Raw(new RawImage(image, frame.height(), frame.width(), frame.channels()));
    }

    @Override
    public int label(int index) {
        return labels.length == 0 ? NO_LABEL : labels[index];
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public String fingerprint() {
        return Fingerprint.ofFiles(files);
    }

    @Override
    public String describe() {
        return "%s: %d images of %dx%dx%d".formatted(kind, size(), frame.height(), frame.width(), frame.channels());
    }
}
