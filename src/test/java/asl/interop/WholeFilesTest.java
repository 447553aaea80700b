package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.interop.WholeFiles.Existing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFilesTest {
    @TempDir
    private Path folder;

    @Test
    void aFailureLeavesNothingAndSparesWhatWasThere() throws IOException {
        Path target = Files.writeString(folder.resolve("a"), "old");
        assertThatThrownBy(() -> WholeFiles.write(target, Existing.REPLACE, part -> {
                    Files.writeString(part, "half");
                    throw new IOException("no space left");
                }))
                .hasMessage("no space left");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(target));
        assertThat(target).hasContent("old");
    }

    @Test
    void onlyOnRequestIsAFileReplaced() throws IOException {
        Path target = Files.writeString(folder.resolve("a"), "old");
        assertThatThrownBy(() -> WholeFiles.write(target, Existing.KEEP, part -> Files.writeString(part, "new")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target).hasContent("old");
        WholeFiles.write(target, Existing.REPLACE, part -> Files.writeString(part, "new"));
        assertThat(target).hasContent("new");
    }

    @Test
    void aSecondFileComesAlongOrNoneDoes() throws IOException {
        Path target = folder.resolve("a");
        WholeFiles.Writer two = part -> {
            Files.writeString(part, "one");
            Files.writeString(part.resolveSibling("a.data"), "two");
        };
        WholeFiles.write(target, Existing.KEEP, two);
        assertThat(folder.resolve("a.data")).hasContent("two");
        Files.delete(target);
        assertThatThrownBy(() -> WholeFiles.write(target, Existing.KEEP, two))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target).doesNotExist();
    }

    @Test
    void aFolderIsReplacedFileByFile() throws IOException {
        Path target = folder.resolve("model");
        WholeFiles.Writer writer =
                part -> Files.writeString(Files.createDirectory(part).resolve("config.json"), "{}");
        WholeFiles.write(target, Existing.KEEP, writer);
        Files.writeString(target.resolve("notes"), "mine");
        Files.writeString(target.resolve("config.json"), "old");
        WholeFiles.write(target, Existing.REPLACE, writer);
        assertThat(target.resolve("config.json")).hasContent("{}");
        assertThat(target.resolve("notes")).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(target));
    }

    @Test
    void theFolderMustBeThere() {
        assertThatThrownBy(() -> WholeFiles.write(folder.resolve("no/a"), Existing.KEEP, part -> {}))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no");
    }
}
