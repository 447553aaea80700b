package asl.data;

import asl.config.ConfigException;
import asl.config.LabelledDataConfig;
import asl.config.RunConfig.SourceConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A labelled data set whose two parts agree on the classes.
 *
 * @param train the part to train on
 * @param val the part to measure on
 * @param classNames by number; plain numbers where the data set names none
 */
public record LabelledData(ImageSource train, ImageSource val, List<String> classNames) implements Closeable {
    private static final int NAMED = 3;

    /**
     * Opens both parts.
     *
     * @param classes 0 = as many as there are
     * @throws ConfigException if an image has no label or one out of range, a class is missing in one part, or a class
     *     folder holds no image
     */
    public static LabelledData open(LabelledDataConfig config, int classes) throws IOException {
        ImageSource train = openPart(config.train(), "data.train_split");
        if (train instanceof FileSource) {
            requireTwoParts(config);
        }
        ImageSource val = openPart(config.val(), "data.val_split");
        if (train instanceof ShardSource ours
                && val instanceof ShardSource others
                && ours.shards().equals(others.shards())) {
            throw new ConfigException("data.val_split: " + val.describe()
                    + ": the training images themselves; name others by data.val_split or data.val_root");
        }
        requireSameClasses(train.classNames(), val);
        int count = classes > 0 ? classes : Math.max(train.classNames().size(), largest(train) + 1);
        requireInRange(train, count, "training");
        requireInRange(val, count, "validation");
        List<String> names = train.classNames().size() == count
                ? train.classNames()
                : IntStream.range(0, count).mapToObj(Integer::toString).toList();
        return new LabelledData(train, val, names);
    }

    /**
     * Opens the part to measure on alone, for a classifier that is trained already.
     *
     * @param classNames of the classifier, by number
     * @throws ConfigException if the images have other classes, or labels out of range
     */
    public static ImageSource openVal(LabelledDataConfig config, List<String> classNames) throws IOException {
        ImageSource val = openPart(config.val(), "data.val_split");
        requireSameClasses(val.classNames().isEmpty() ? List.of() : classNames, val);
        requireInRange(val, classNames.size(), "validation");
        return val;
    }

    private static ImageSource openPart(SourceConfig config, String key) throws IOException {
        ImageSource source = Sources.open(config);
        if (source.size() > 0 && source.label(0) == ImageSource.NO_LABEL) {
            throw new ConfigException(key + ": " + source.describe()
                    + ": its images have no labels; probes and fine-tuning need class folders, or a labelled format");
        }
        if (source instanceof FileSource && Files.isDirectory(Path.of(config.root()))) {
            requireFullFolders(FolderLayout.splitFolder(Path.of(config.root()), config.split()), source.classNames());
        }
        return source;
    }

    /** A class folder without an image is a mistake that would shift the numbers of all classes behind it. */
    private static void requireFullFolders(Path part, List<String> classNames) throws IOException {
        try (Stream<Path> entries = Files.list(part)) {
            for (Path entry : entries.filter(Files::isDirectory).sorted().toList()) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".") && !classNames.contains(name)) {
                    throw new ConfigException(
                            "data.root: " + entry + ": a class folder without an image; fill or remove it");
                }
            }
        }
    }

    /** Where a split has no folder of its own the whole root is taken, which would measure on the training images. */
    private static void requireTwoParts(LabelledDataConfig config) throws IOException {
        SourceConfig train = config.train();
        SourceConfig val = config.val();
        Path root = Path.of(val.root());
        boolean sameRoot = root.equals(Path.of(train.root())) && Files.isDirectory(root);
        if (sameRoot
                && FolderLayout.splitFolder(root, val.split()).equals(FolderLayout.splitFolder(root, train.split()))) {
            throw new ConfigException("data.val_split: " + root + " holds no folder '" + val.split()
                    + "' beside the training images; name it by data.val_split or data.val_root");
        }
    }

    private static void requireSameClasses(List<String> trained, ImageSource val) {
        List<String> missing = new ArrayList<>(trained);
        missing.removeAll(val.classNames());
        if (!missing.isEmpty() && !val.classNames().isEmpty()) {
            throw new ConfigException("data.val_split: " + val.describe() + ": no image of " + missing.size() + " of "
                    + trained.size() + " training classes: " + some(missing));
        }
        List<String> unknown = new ArrayList<>(val.classNames());
        unknown.removeAll(trained);
        if (!unknown.isEmpty()) {
            throw new ConfigException("data.val_split: " + val.describe() + ": " + unknown.size()
                    + " classes that the training part does not have: " + some(unknown));
        }
    }

    private static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
    }

    private static int largest(ImageSource source) {
        return IntStream.range(0, source.size()).map(source::label).max().orElse(-1);
    }

    private static void requireInRange(ImageSource source, int classes, String part) {
        for (int i = 0; i < source.size(); i++) {
            int label = source.label(i);
            if (label < 0 || label >= classes) {
                throw new ConfigException("data: label " + label + " of " + source.name(i) + ", a " + part
                        + " image, is out of range: there are " + classes + " classes, 0 to " + (classes - 1));
            }
        }
    }

    /**
     * The training part alone, a share of it set aside in the place of the validation part.
     *
     * @param share of each class, over 0 and under 1
     */
    public LabelledData setAside(double share, long seed) {
        Holdout split = Holdout.split(labels(train), share, seed);
        return new LabelledData(subset(train, split.train()), subset(train, split.held()), classNames);
    }

    private static ImageSource subset(ImageSource source, List<Integer> images) {
        return new Subset(source, images.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Labels of all images of a part, by number. */
    public static int[] labels(ImageSource source) {
        return IntStream.range(0, source.size()).map(source::label).toArray();
    }

    @Override
    public void close() throws IOException {
        try (train) {
            val.close();
        }
    }
}
