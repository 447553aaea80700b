package asl.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Tells formats by a file's first bytes. */
final class FileKind {
    static final byte[] ZIP = {'P', 'K', 3, 4};

    private FileKind() {}

    static boolean startsWith(Path path, byte[] magic) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return Arrays.equals(in.readNBytes(magic.length), magic);
        }
    }

    static boolean hasAt(Path path, int offset, char expected) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] head = in.readNBytes(offset + 1);
            return head.length > offset && head[offset] == expected;
        }
    }
}
