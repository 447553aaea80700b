package asl.data;

import asl.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text file of paths, one a line, relative to the file's folder or absolute, each with a label behind a tab or blank or
 * without. Empty lines and those that begin with # are passed over.
 */
final class ListLayout {
    private static final Pattern LABELLED = Pattern.compile("(.*\\S)[\\t ]+(\\d+)");

    private ListLayout() {}

    /** Opens a list; throws a ConfigException where lines disagree or no path is there. */
    static ImageSource open(Path list) throws IOException {
        Path folder = Objects.requireNonNullElse(list.toAbsolutePath().getParent(), list);
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(list)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            Matcher labelled = LABELLED.matcher(text);
            // A path may end in a number behind a blank: what exists as a whole is a path.
            if (labelled.matches() && (text.indexOf('\t') >= 0 || !Files.exists(folder.resolve(text)))) {
                files.add(Path.of(labelled.group(1)));
                labels.add(Integer.parseInt(labelled.group(2)));
            } else {
                files.add(Path.of(text));
            }
            if (!labels.isEmpty() && labels.size() != files.size()) {
                throw new ConfigException("data.root: " + list + ":" + number
                        + ": some lines have a label and others not; give every line one, or none");
            }
        }
        if (files.isEmpty()) {
            throw new ConfigException("data.root: " + list + ": holds no path; write one a line");
        }
        return new FileSource("list", folder, files, labels, List.of());
    }
}
