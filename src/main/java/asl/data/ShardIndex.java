package asl.data;

import asl.data.tar.TarMember;
import asl.data.tar.TarReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the images of one shard lie. As WebDataset has it, files whose names agree up to the first dot of the last part
 * make a sample: {@code n01/a.jpg} and {@code n01/a.cls}, a class number in digits. They need not be neighbours.
 */
record ShardIndex(Path shard, List<Image> images) {
    private static final String LABEL = "cls";
    private static final long LONGEST_LABEL = 32;

    /** An image and its label, or {@link ImageSource#NO_LABEL}. */
    record Image(TarMember member, int label) {}

    /** Reads all headers of a shard; throws an IOException that names shard and offset where it is damaged. */
    static ShardIndex scan(Path shard) throws IOException {
        List<TarMember> images = new ArrayList<>();
        Map<String, Integer> labels = new HashMap<>();
        Map<String, Boolean> plain = new HashMap<>();
        try (TarReader reader = new TarReader(shard)) {
            for (Optional<TarMember> next = reader.next(); next.isPresent(); next = reader.next()) {
                TarMember member = next.get();
                String extension = extension(member.name());
                if (hidden(member.name())) {
                    continue;
                }
                if (extension.equals(LABEL)) {
                    labels.put(key(member.name()), label(shard, reader, member));
                } else if (FolderLayout.EXTENSIONS.contains(lastExtension(extension))) {
                    images.add(member);
                    plain.merge(key(member.name()), FolderLayout.EXTENSIONS.contains(extension), Boolean::logicalOr);
                }
            }
        }
        // Beside a.jpg, a.mask.png is no image of its own; where there are only a.1.jpg and a.2.jpg, all are.
        List<Image> chosen = images.stream()
                .filter(image -> !plain.getOrDefault(key(image.name()), false)
                        || FolderLayout.EXTENSIONS.contains(extension(image.name())))
                .map(image -> new Image(image, labels.getOrDefault(key(image.name()), ImageSource.NO_LABEL)))
                .toList();
        return new ShardIndex(shard, chosen);
    }

    private static int label(Path shard, TarReader reader, TarMember member) throws IOException {
        String text =
                member.size() > LONGEST_LABEL ? "" : new String(reader.read(member), StandardCharsets.UTF_8).strip();
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IOException(
                    shard + ": at offset " + member.offset() + ": " + member.name() + " holds no class number", e);
        }
    }

    private static int lastPart(String name) {
        return name.lastIndexOf('/') + 1;
    }

    private static boolean hidden(String name) {
        return name.startsWith(".", lastPart(name));
    }

    /** The name up to the first dot of its last part. */
    static String key(String name) {
        int dot = name.indexOf('.', lastPart(name));
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** What is behind that dot, in lower case. */
    private static String extension(String name) {
        int dot = name.indexOf('.', lastPart(name));
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static String lastExtension(String extension) {
        return extension.substring(extension.lastIndexOf('.') + 1);
    }
}
