package asl.data;

import asl.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of tar archives, or a single one. Where a folder named like the split lies in the root it is taken; where the
 * archives themselves are named by split ({@code set-train-0001.tar}) those of the split are taken. Class names, if
 * there are any, stand one a line in {@code classes.txt} beside the archives.
 */
public final class ShardLayout {
    static final String EXTENSION = ".tar";
    /** The file of class names, one a line, beside the archives. */
    public static final String CLASSES = "classes.txt";

    private static final String VALIDATION = "validation";
    private static final Set<String> SPLITS = Set.of("train", "val", VALIDATION, "test");

    private ShardLayout() {}

    /** Whether this is an archive, or a folder that holds archives and neither images nor folders. */
    static boolean fits(Path root, String split) throws IOException {
        if (!Files.isDirectory(root)) {
            return isArchive(root);
        }
        boolean archives = false;
        try (Stream<Path> entries = Files.list(FolderLayout.splitFolder(root, split))) {
            for (Path entry : entries.toList()) {
                if (Files.isDirectory(entry) || FolderLayout.EXTENSIONS.contains(FolderLayout.extension(entry))) {
                    return false;
                }
                archives |= isArchive(entry);
            }
        }
        return archives;
    }

    /** Opens the shards; throws a ConfigException where there are none, an IOException where one is damaged. */
    static ImageSource open(Path root, String split) throws IOException {
        boolean folder = Files.isDirectory(root);
        Path place = folder ? FolderLayout.splitFolder(root, split) : root;
        if (folder && place.equals(root) && !split.isEmpty()) {
            FolderLayout.requireNoOtherSplit(root, split);
        }
        List<Path> shards = folder ? ofSplit(place, archives(place), split) : List.of(root);
        List<ShardIndex> indexes;
        try {
            indexes = shards.parallelStream().map(ShardLayout::scan).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (indexes.stream().allMatch(index -> index.images().isEmpty())) {
            throw new ConfigException("data.root: " + place + ": no image in its " + shards.size() + " shards");
        }
        Path classes = folder ? place.resolve(CLASSES) : root.toAbsolutePath().resolveSibling(CLASSES);
        return new ShardSource(place, indexes, classNames(classes));
    }

    private static ShardIndex scan(Path shard) {
        try {
            return ShardIndex.scan(shard);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> archives(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> archives =
                    entries.filter(ShardLayout::isArchive).sorted().toList();
            if (archives.isEmpty()) {
                throw new ConfigException("data.root: " + folder
                        + ": no *.tar there; data.format: shards reads tar archives of images, as asl data pack makes");
            }
            return archives;
        }
    }

    private static List<Path> ofSplit(Path folder, List<Path> archives, String split) {
        if (split.isEmpty() || archives.stream().noneMatch(archive -> names(archive, SPLITS))) {
            return archives;
        }
        Set<String> wanted = split.equals("val") ? Set.of(split, VALIDATION) : Set.of(split);
        List<Path> chosen =
                archives.stream().filter(archive -> names(archive, wanted)).toList();
        if (chosen.isEmpty()) {
            throw new ConfigException("data.root: " + folder + ": its *.tar are named by split, but none has '" + split
                    + "' in its name; data.split chooses, \"\" takes all of them");
        }
        return chosen;
    }

    /** Whether one of the words is a part of the file's name between other characters than letters. */
    private static boolean names(Path archive, Set<String> words) {
        String name = archive.getFileName().toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(name.split("[^a-z]+", -1)).anyMatch(words::contains);
    }

    private static boolean isArchive(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(EXTENSION) && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private static List<String> classNames(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList()
                : List.of();
    }
}
