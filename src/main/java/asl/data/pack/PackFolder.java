package asl.data.pack;

import asl.config.ConfigException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the shards and their manifest. Files appear in it whole or not at all, under one name while they are written
 * and their own afterwards; one process at a time writes.
 */
final class PackFolder implements Closeable {
    static final String MANIFEST = "manifest.yaml";
    private static final String LOCK = ".pack.lock";
    private static final String PART = ".part";
    private static final Pattern OURS =
            Pattern.compile("shard-\\d{6}\\.tar(\\.part)?|(manifest|classes)\\.(yaml|txt)(\\.part)?");

    private final Path folder;
    private final FileChannel lockFile;

    /** Makes the folder if need be. */
    PackFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.lockFile = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock() == null) {
            lockFile.close();
            throw new IOException(folder + ": another asl data pack writes into this folder");
        }
    }

    private @Nullable FileLock lock() throws IOException {
        try {
            return lockFile.tryLock(); // goes with the process, however that ends
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Refuses a folder whose shards are others, unless they are to be removed. */
    void prepare(String manifest, boolean overwrite) throws IOException {
        if (overwrite) {
            for (Path ours : entries(OURS)) {
                Files.delete(ours);
            }
        }
        Path file = folder.resolve(MANIFEST);
        if (Files.exists(file)) {
            requireSame(Files.readString(file), manifest);
            return;
        }
        List<Path> others = entries(Pattern.compile(".*\\.tar"));
        if (!others.isEmpty()) {
            throw new ConfigException(
                    "--out: " + folder + " holds " + others.get(0).getFileName() + ", but no " + MANIFEST
                            + " that says how it was made; choose another folder");
        }
        write(MANIFEST, manifest.getBytes(StandardCharsets.UTF_8));
    }

    private void requireSame(String there, String wanted) {
        if (there.equals(wanted)) {
            return;
        }
        String differs = there.lines()
                .filter(line -> wanted.lines().noneMatch(line::equals))
                .findFirst()
                .orElse("fewer settings");
        throw new ConfigException("--out: " + folder.resolve(MANIFEST) + " has other settings (" + differs.strip()
                + "); repeat them, choose another folder, or start anew with --overwrite");
    }

    private List<Path> entries(Pattern name) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry ->
                            name.matcher(entry.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    Path shard(int number) {
        return folder.resolve("shard-%06d.tar".formatted(number));
    }

    /** Where to write what {@link #publish} then gives its name. */
    Path part(Path file) {
        return file.resolveSibling(file.getFileName() + PART);
    }

    /** Makes a file that was written in part the whole one, once it is on the disk. */
    void publish(Path file) throws IOException {
        try (FileChannel written = FileChannel.open(part(file), StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(part(file), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.write(part(file), content);
        publish(file);
    }

    /** Lets others write. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
