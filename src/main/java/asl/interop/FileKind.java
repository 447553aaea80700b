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
}
