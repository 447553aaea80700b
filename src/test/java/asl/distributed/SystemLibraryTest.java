package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemLibraryTest {
    @TempDir
    private Path folder;

    @Test
    void looksWhereTheLoaderLooksInItsOrder() throws IOException {
        Path config = Files.createDirectories(folder.resolve("ld.so.conf.d"));
        Path first = Files.createDirectories(folder.resolve("first"));
        Path second = Files.createDirectories(folder.resolve("second"));
        Files.writeString(config.resolve("site.conf"), "# site\n" + second + "\n");
        Path library = Files.createFile(second.resolve("libx.so.1"));
        SystemLibrary search = SystemLibrary.search(Map.of("LD_LIBRARY_PATH", ":" + first), config);
        assertThat(search.find("libabsent.so", "libx.so.1")).contains(library);
        Path preferred = Files.createFile(first.resolve("libx.so.1"));
        assertThat(search.find("libx.so.1")).contains(preferred);
        assertThat(search.find("libabsent.so")).isEmpty();
    }

    @Test
    void doesWithoutALoaderConfiguration() {
        assertThat(SystemLibrary.search(Map.of(), folder.resolve("absent")).find("libabsent.so"))
                .isEmpty();
    }
}
