package asl.data;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Image files for tests, whole and broken. */
public final class Photographs {
    private Photographs() {}

    /** A JPEG of noise. */
    public static void jpeg(Path file, int width, int height, long seed) throws IOException {
        write(file, "jpg", width, height, seed);
    }

    /** An image of noise in a format that this Java writes. */
    public static void write(Path file, String format, int width, int height, long seed) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        RandomStream random = RandomStream.of(seed, Purpose.INIT);
        for (int p = 0; p < width * height; p++) {
            image.setRGB(p % width, p / width, random.nextInt(1 << 24));
        }
        if (!ImageIO.write(image, format, file.toFile())) {
            throw new IOException("no writer of " + format);
        }
    }

    /** Cuts a file to half its length. */
    public static void truncate(Path file) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    }
}
