package asl.interop;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files and folders that appear under their names when they are complete, or not at all. */
public final class WholeFiles {
    private WholeFiles() {}

    /** What becomes of a file that has the name already. */
    public enum Existing {
        KEEP,
        REPLACE
    }

    /** Writes a file or a folder, and perhaps others beside it, in a folder of their own. */
    public interface Writer {
        void write(Path path) throws IOException;
    }

    /**
     * Has something written next to where it shall stand, and then moved there; a failure leaves nothing behind.
     *
     * @throws FileAlreadyExistsException if there is a file of the name that shall be kept
     */
    public static void write(Path target, Existing existing, Writer writer) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        Path name = absolute.getFileName();
        if (folder == null || name == null) {
            throw new IOException(target + ": no name for a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (existing == Existing.KEEP && Files.exists(absolute)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Path aside = Files.createTempDirectory(folder, ".asl-");
        try {
            writer.write(aside.resolve(name));
            for (Path written : inside(aside)) {
                if (!written.getFileName().equals(name)) {
                    move(written, folder, existing);
                }
            }
            move(aside.resolve(name), folder, existing); // last, as it may name the others
        } finally {
            delete(aside);
        }
    }

    /** Files one by one into a folder that is there already. */
    private static void move(Path from, Path folder, Existing existing) throws IOException {
        Path to = folder.resolve(from.getFileName());
        if (existing == Existing.KEEP) {
            Files.move(from, to);
        } else if (Files.isDirectory(from) && Files.isDirectory(to)) {
            for (Path file : inside(from)) {
                move(file, to, existing);
            }
        } else {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static List<Path> inside(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
