package asl.data;

import asl.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** CIFAR-10 and CIFAR-100 in their binary form: label bytes, then 32x32 pixels by channel. CIFAR-100's labels are the fine ones. */
enum CifarLayout {
    CIFAR10(1, "data_batch_", "test_batch.bin", "batches.meta.txt", "cifar-10-batches-bin"),
    CIFAR100(2, "train.bin", "test.bin", "fine_label_names.txt", "cifar-100-binary");

    private static final int SIDE = 32;
    private static final PixelSource.Frame FRAME = new PixelSource.Frame(SIDE, SIDE, 3);

    private final int labelBytes;
    private final String trainPrefix;
    private final String testFile;
    private final String namesFile;
    private final String usualFolder;

    CifarLayout(int labelBytes, String trainPrefix, String testFile, String namesFile, String usualFolder) {
        this.labelBytes = labelBytes;
        this.trainPrefix = trainPrefix;
        this.testFile = testFile;
        this.namesFile = namesFile;
        this.usualFolder = usualFolder;
    }

    /** Whether the folder, or the usual one in it, holds these files. */
    boolean fits(Path root) throws IOException {
        return !files(folder(root), "train").isEmpty()
                || !files(folder(root), "test").isEmpty();
    }

    private Path folder(Path root) {
        Path usual = root.resolve(usualFolder);
        return Files.isDirectory(usual) ? usual : root;
    }

    private List<Path> files(Path folder, String split) throws IOException {
        boolean train = split.equals("train");
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> {
                        String name = entry.getFileName().toString();
                        return name.endsWith(".bin") && (train ? name.startsWith(trainPrefix) : name.equals(testFile));
                    })
                    .sorted()
                    .toList();
        }
    }

    /** Opens a split: train, or val or test, which are one. */
    ImageSource open(Path root, String split) throws IOException {
        Path folder = folder(root);
        List<Path> files = files(folder, split);
        if (files.isEmpty()) {
            throw new ConfigException(
                    "data.root: " + folder + ": no " + (split.equals("train") ? trainPrefix + "*.bin" : testFile)
                            + " found, the " + name() + " files in binary form for the split " + split);
        }
        List<byte[]> contents = new ArrayList<>();
        int count = 0;
        int record = labelBytes + FRAME.bytes();
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            if (content.length == 0 || content.length % record != 0) {
                throw new ConfigException("data.root: " + file + ": " + content.length + " bytes are not a number of "
                        + name() + " records of " + record + " bytes");
            }
            contents.add(content);
            count += content.length / record;
        }
        byte[] pixels = new byte[Math.multiplyExact(count, FRAME.bytes())];
        int[] labels = new int[count];
        int index = 0;
        for (byte[] content : contents) {
            for (int at = 0; at < content.length; at += record) {
                labels[index] = content[at + labelBytes - 1] & 0xff;
                interleave(content, at + labelBytes, pixels, index * FRAME.bytes());
                index++;
            }
        }
        String kind = name().toLowerCase(Locale.ROOT) + " " + split + " " + folder;
        return new PixelSource(new PixelSource.Origin(kind, files), FRAME, pixels, labels, classNames(folder));
    }

    private List<String> classNames(Path folder) throws IOException {
        Path names = folder.resolve(namesFile);
        return Files.exists(names)
                ? Files.readAllLines(names).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList()
                : List.of();
    }

    /** Planes of channels -> channels of pixels. */
    private static void interleave(byte[] planes, int from, byte[] pixels, int to) {
        int size = SIDE * SIDE;
        for (int i = 0; i < size; i++) {
            for (int c = 0; c < 3; c++) {
                pixels[to + 3 * i + c] = planes[from + c * size + i];
            }
        }
    }
}
