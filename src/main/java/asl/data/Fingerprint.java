package asl.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A short text that changes with a set of files: with their names, sizes, times of change, and whatever is added. */
final class Fingerprint {
    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    /** Of files and nothing else; one that cannot be looked at counts by its name alone. */
    static String ofFiles(List<Path> files) {
        Fingerprint fingerprint = new Fingerprint();
        files.forEach(fingerprint::add);
        return fingerprint.text();
    }

    Fingerprint add(Path file) {
        add(file.toString());
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return add(attributes.size() + " " + attributes.lastModifiedTime().toMillis());
        } catch (IOException e) {
            return add("unreadable"); // reading it will fail too, and tell
        }
    }

    Fingerprint add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    /** 32 hexadecimal digits. */
    String text() {
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }
}
