package asl.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run, a folder each: {@code step-00000300}. One appears whole or not at all: it is written under
 * another name, forced to the disk and renamed. {@code latest} holds the name of the newest.
 */
public final class CheckpointFolder {
    private static final Pattern NAME = Pattern.compile("step-(\\d+)");
    private static final String UNFINISHED = ".tmp";
    private static final String LATEST = "latest";

    private final Path folder;

    public CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** Writes the files of a checkpoint into the folder that it is given. */
    interface Writer {
        void write(Path empty) throws IOException;
    }

    /** Adds a checkpoint; one of the same step is replaced. */
    Path save(long step, Writer writer) throws IOException {
        Files.createDirectories(folder);
        Path done = path(step);
        Path fresh = folder.resolve(done.getFileName() + UNFINISHED);
        delete(fresh);
        Files.createDirectory(fresh);
        writer.write(fresh);
        force(fresh);
        delete(done);
        Files.move(fresh, done, StandardCopyOption.ATOMIC_MOVE);
        Path pointer = folder.resolve(LATEST + UNFINISHED);
        Files.writeString(pointer, done.getFileName() + "\n");
        force(pointer);
        Files.move(
                pointer, folder.resolve(LATEST), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(folder);
        return done;
    }

    /** Where the checkpoint of a step is. */
    Path path(long step) {
        return folder.resolve(String.format(Locale.ROOT, "step-%08d", step));
    }

    /** Removes all but the newest {@code count}, and what an interrupted save left. */
    void keepLast(int count) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> all = newestFirst();
        for (Path old : all.subList(Math.min(count, all.size()), all.size())) {
            delete(old);
        }
        try (DirectoryStream<Path> rest = Files.newDirectoryStream(folder, "*" + UNFINISHED)) {
            for (Path unfinished : rest) {
                delete(unfinished);
            }
        }
    }

    /** Whether there is any checkpoint. */
    public boolean isEmpty() throws IOException {
        return newestFirst().isEmpty();
    }

    /** Finds out whether a checkpoint can be used; throws an IOException if not. */
    interface Check {
        void check(Path checkpoint) throws IOException;
    }

    /**
     * The newest checkpoint that passes the check.
     *
     * @param complaints told of those that did not
     */
    Optional<Path> newestWhole(Check check, List<String> complaints) throws IOException {
        for (Path checkpoint : newestFirst()) {
            try {
                check.check(checkpoint);
                return Optional.of(checkpoint);
            } catch (IOException e) {
                complaints.add(String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return new ArrayList<>(entries.filter(entry ->
                            NAME.matcher(entry.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(CheckpointFolder::step).reversed())
                    .toList());
        }
    }

    /** The step of a checkpoint, by its name. */
    static long step(Path checkpoint) {
        Matcher name = NAME.matcher(checkpoint.getFileName().toString());
        if (!name.matches()) {
            throw new IllegalArgumentException(checkpoint + " is not a checkpoint");
        }
        return Long.parseLong(name.group(1));
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
