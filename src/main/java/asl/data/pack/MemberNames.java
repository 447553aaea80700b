package asl.data.pack;

import asl.data.ImageSource;
import java.util.HashSet;
import java.util.Set;

/**
 * Names in the archives: the source's own paths, made so that WebDataset's rule (a sample is what agrees up to the first
 * dot) keeps every image apart.
 */
final class MemberNames {
    private final ImageSource source;
    private final String[] keys;

    MemberNames(ImageSource source) {
        this.source = source;
        this.keys = new String[source.size()];
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < keys.length; i++) {
            String key = withoutDots(stem(relative(source.key(i))));
            String unlike = key;
            for (int n = 2; !taken.add(unlike); n++) {
                unlike = key + "-" + n;
            }
            keys[i] = unlike;
        }
    }

    /** What the names of an image's files have in common. */
    String key(int image) {
        return keys[image];
    }

    /** The path in the source. */
    String original(int image) {
        return source.key(image);
    }

    /** Whether a file of this name needs its path in the source beside it. */
    boolean differs(int image, String extension) {
        String original = original(image);
        return !original.equals(keys[image]) && !original.equals(keys[image] + "." + extension);
    }

    /** Without what would lead out of the folder that an archive is unpacked into. */
    private static String relative(String path) {
        StringBuilder kept = new StringBuilder();
        for (String part : path.replace('\\', '/').split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                kept.append(kept.length() == 0 ? "" : "/").append(part);
            }
        }
        return kept.length() == 0 ? "image" : kept.toString();
    }

    /** The path up to the last dot of its last part, but for a dot in front. */
    private static String stem(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
    }

    private static String withoutDots(String path) {
        int last = path.lastIndexOf('/') + 1;
        return path.substring(0, last) + path.substring(last).replace('.', '_');
    }
}
