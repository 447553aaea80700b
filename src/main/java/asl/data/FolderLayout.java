package asl.data;

import asl.config.ConfigException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Folders of images: flat, nested, with or without class folders, in splits or not.
 *
 * <p>Where a folder named like the split lies in the root ({@code train}, COCO's {@code train2017}), it is taken instead
 * of the root, and if there are only folders of other splits the root is refused. If all images lie in subfolders, the first-level ones are the classes, sorted by name as torchvision's
 * ImageFolder does. Hidden files and folders are passed over; links are followed.
 */
final class FolderLayout {
    static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "webp", "bmp", "gif");

    private static final Pattern OTHER_SPLIT = Pattern.compile("(train|val|test)(\\d{4})?");

    private FolderLayout() {}

    /** Opens a folder; throws a ConfigException that says what was looked for and what is there instead. */
    static ImageSource open(Path root, String split) throws IOException {
        Path folder = splitFolder(root, split);
        if (folder.equals(root) && !split.isEmpty()) {
            requireNoOtherSplit(root, split);
        }
        Map<String, Integer> others = new TreeMap<>();
        List<Path> images = images(folder, others);
        if (images.isEmpty()) {
            throw new ConfigException("data.root: " + folder + ": no image found (looked for "
                    + String.join(", ", new TreeSet<>(EXTENSIONS)) + " at any depth); " + inside(others));
        }
        boolean classes = images.stream().allMatch(image -> image.getNameCount() > 1);
        if (!classes) {
            return new FileSource("folder", folder, images, List.of(), List.of());
        }
        List<String> names = images.stream()
                .map(image -> image.getName(0).toString())
                .distinct()
                .sorted()
                .toList();
        Map<String, Integer> number = new TreeMap<>();
        names.forEach(name -> number.put(name, number.size()));
        List<Integer> labels = images.stream()
                .map(image -> number.get(image.getName(0).toString()))
                .toList();
        return new FileSource("folder", folder, images, labels, names);
    }

    /** The root's part for a split, or the root where it has no such part. */
    static Path splitFolder(Path root, String split) throws IOException {
        if (split.isEmpty()) {
            return root;
        }
        if (Files.isDirectory(root.resolve(split))) {
            return root.resolve(split);
        }
        try (Stream<Path> entries = Files.list(root)) { // COCO: train2017
            return entries.filter(Files::isDirectory)
                    .filter(entry -> entry.getFileName().toString().matches(Pattern.quote(split) + "\\d{4}"))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElse(root);
        }
    }

    /** A root with other splits only: taking it as a whole would train on what was set aside. */
    static void requireNoOtherSplit(Path root, String split) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            List<String> others = entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> OTHER_SPLIT.matcher(name).matches())
                    .sorted()
                    .toList();
            if (!others.isEmpty()) {
                throw new ConfigException("data.root: " + root + ": no folder " + split + " there, but "
                        + String.join(", ", others) + "; data.split chooses, \"\" takes all of them");
            }
        }
    }

    private static List<Path> images(Path folder, Map<String, Integer> others) throws IOException {
        List<Path> images = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                Path relative = folder.relativize(file);
                if (hidden(relative)) {
                    continue;
                }
                String extension = extension(file);
                if (EXTENSIONS.contains(extension)) {
                    images.add(relative);
                } else {
                    others.merge(extension.isEmpty() ? "no extension" : "." + extension, 1, Integer::sum);
                }
            }
        }
        images.sort(null);
        return images;
    }

    private static boolean hidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static String inside(Map<String, Integer> others) {
        return others.isEmpty()
                ? "it holds no file at all"
                : "it holds "
                        + others.entrySet().stream()
                                .map(other -> other.getValue() + " files of " + other.getKey())
                                .collect(Collectors.joining(", "));
    }
}
