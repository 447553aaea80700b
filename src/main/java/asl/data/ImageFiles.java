package asl.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Images named one by one, or by the folders that they lie in, at any depth. */
public final class ImageFiles {
    private ImageFiles() {}

    /**
     * The images in the order of the paths, those of a folder sorted; a file need not be an image, nor be there: whoever
     * reads it finds out.
     *
     * @throws asl.config.ConfigException if a folder holds none
     */
    public static ImageSource open(List<Path> paths) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (ImageSource inside = FolderLayout.open(path, "")) {
                for (int i = 0; i < inside.size(); i++) {
                    files.add(Path.of(inside.name(i)));
                }
            }
        }
        return new FileSource("files", Path.of(""), files, List.of(), List.of());
    }
}
