package asl.distributed;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Libraries that this process has mapped already: PyTorch's, which DJL loads. */
final class LoadedLibrary {
    private static final Path MAPS = Path.of("/proc/self/maps");

    /** RTLD_LAZY | RTLD_NOLOAD: what is there as it is, without making its symbols visible to others. */
    private static final int AS_LOADED = 0x1 | 0x4;

    private LoadedLibrary() {}

    /**
     * A mapped library.
     *
     * @param name how its file name begins: {@code libtorch_cpu.so}
     */
    static Optional<NativeLibrary> find(String name) {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.contains("/" + name))
                    .map(line -> line.substring(line.indexOf('/')))
                    .filter(path -> Path.of(path).getFileName().toString().startsWith(name))
                    .findFirst()
                    .map(path -> NativeLibrary.getInstance(path, Map.of(Library.OPTION_OPEN_FLAGS, AS_LOADED)));
        } catch (IOException e) {
            throw new IllegalStateException("several processes need Linux, where " + MAPS + " can be read", e);
        }
    }
}
