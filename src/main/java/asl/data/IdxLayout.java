package asl.data;

import asl.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** MNIST's format, plain or gzipped: {@code train-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte.gz} and so on. */
final class IdxLayout {
    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;

    private IdxLayout() {}

    /** Whether the folder holds such files. */
    static boolean fits(Path root) {
        return Files.exists(file(root, "train-images-idx3-ubyte"))
                || Files.exists(file(root, "t10k-images-idx3-ubyte"));
    }

    /** Opens a split: train, or val or test, which are one. */
    static ImageSource open(Path root, String split) throws IOException {
        String prefix = split.equals("train") ? "train" : "t10k";
        Path images = file(root, prefix + "-images-idx3-ubyte");
        if (!Files.exists(images)) {
            throw new ConfigException("data.root: " + root + ": no " + prefix + "-images-idx3-ubyte or " + prefix
                    + "-images-idx3-ubyte.gz found, the IDX file of the split " + split);
        }
        ByteBuffer header = ByteBuffer.wrap(read(images));
        require(images, header.remaining() >= 16 && header.getInt() == IMAGES_MAGIC);
        int count = header.getInt();
        PixelSource.Frame frame = new PixelSource.Frame(header.getInt(), header.getInt(), 1);
        require(images, header.remaining() == (long) count * frame.height() * frame.width());
        byte[] pixels = new byte[header.remaining()];
        header.get(pixels);
        PixelSource.Origin origin = new PixelSource.Origin(
                "idx " + split + " " + root, List.of(images, file(root, prefix + "-labels-idx1-ubyte")));
        return new PixelSource(origin, frame, pixels, labels(root, prefix, count), List.of());
    }

    private static int[] labels(Path root, String prefix, int count) throws IOException {
        Path file = file(root, prefix + "-labels-idx1-ubyte");
        if (!Files.exists(file)) {
            return new int[0];
        }
        ByteBuffer content = ByteBuffer.wrap(read(file));
        require(
                file,
                content.remaining() == count + 8 && content.getInt() == LABELS_MAGIC && content.getInt() == count);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = content.get() & 0xff;
        }
        return labels;
    }

    private static void require(Path file, boolean holds) {
        if (!holds) {
            throw new ConfigException("data.root: " + file + ": not a whole IDX file");
        }
    }

    private static Path file(Path root, String name) {
        Path plain = root.resolve(name);
        return Files.exists(plain) ? plain : root.resolve(name + ".gz");
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                InputStream content = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
