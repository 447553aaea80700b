package asl.distributed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the system keeps a shared library, found by its file alone: nothing is loaded, since a library that is merely
 * opened may install signal handlers (UCX) or start threads.
 */
public final class SystemLibrary {
    private static final List<String> USUAL =
            List.of("/usr/local/lib", "/usr/local/lib64", "/lib", "/lib64", "/usr/lib", "/usr/lib64");
    private static final Path LOADER_CONFIG = Path.of("/etc/ld.so.conf.d");

    private final List<Path> folders;

    private SystemLibrary(List<Path> folders) {
        this.folders = folders;
    }

    /** The folders that the dynamic loader looks into. */
    public static SystemLibrary search() {
        return search(System.getenv(), LOADER_CONFIG);
    }

    static SystemLibrary search(Map<String, String> environment, Path loaderConfig) {
        List<Path> folders = new ArrayList<>();
        Stream.of(environment.getOrDefault("LD_LIBRARY_PATH", "").split(":"))
                .filter(folder -> !folder.isBlank())
                .forEach(folder -> folders.add(Path.of(folder)));
        folders.addAll(configured(loaderConfig));
        USUAL.forEach(folder -> folders.add(Path.of(folder)));
        return new SystemLibrary(folders);
    }

    private static List<Path> configured(Path loaderConfig) {
        List<Path> folders = new ArrayList<>();
        if (!Files.isDirectory(loaderConfig)) {
            return folders;
        }
        try (Stream<Path> files = Files.list(loaderConfig)) {
            for (Path file : files.sorted().toList()) {
                Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("/"))
                        .forEach(line -> folders.add(Path.of(line.strip())));
            }
        } catch (IOException e) {
            return folders; // unreadable: the usual folders will have to do
        }
        return folders;
    }

    /** The first of the names that is there. */
    public Optional<Path> find(String... names) {
        return Stream.of(names)
                .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
                .filter(Files::exists)
                .findFirst();
    }
}
