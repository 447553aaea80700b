package asl.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Image files on disk: what folders and lists come down to. */
final class FileSource implements ImageSource {
    private final String kind;
    private final Path root;
    private final List<Path> files;
    private final List<Integer> labels;
    private final List<String> classNames;

    /**
     * A source of files.
     *
     * @param root what {@code files} are relative to
     * @param labels as many as files, or none
     */
    FileSource(String kind, Path root, List<Path> files, List<Integer> labels, List<String> classNames) {
        this.kind = kind;
        this.root = root;
        this.files = List.copyOf(files);
        this.labels = List.copyOf(labels);
        this.classNames = List.copyOf(classNames);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public String name(int index) {
        return root.resolve(files.get(index)).toString();
    }

    @Override
    public String key(int index) {
        return files.get(index).toString();
    }

    @Override
    public Content read(int index) throws IOException {
        return new Encoded(Files.readAllBytes(root.resolve(files.get(index))));
    }

    @Override
    public int label(int index) {
        return labels.isEmpty() ? NO_LABEL : labels.get(index);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        for (int i = 0; i < files.size(); i++) {
            fingerprint.add(root.resolve(files.get(i))).add(Integer.toString(label(i)));
        }
        return fingerprint.text();
    }

    @Override
    public String describe() {
        String classes = classNames.isEmpty() ? "" : ", " + classNames.size() + " classes";
        return kind + " " + root + ": " + size() + " images" + classes;
    }
}
