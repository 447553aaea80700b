package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.cli.OperatorProfile.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OperatorProfileTest {
    @TempDir
    private Path folder;

    private static String event(String name, int thread, int start, int length) {
        return "{\"name\": \"%s\", \"ph\": \"X\", \"ts\": %d, \"dur\": %d, \"tid\": %d}"
                .formatted(name, start, length, thread);
    }

    @Test
    void timeInsideOtherOperatorsIsTheirs() throws IOException {
        Path trace = Files.writeString(
                folder.resolve("trace.json"),
                "["
                        + String.join(
                                ",",
                                event("linear", 1, 1000, 5000),
                                event("addmm", 1, 1500, 3000), // inside linear
                                event("copy", 1, 2000, 500), // inside addmm
                                event("copy", 1, 6000, 1000), // begins where linear ends
                                event("other", 2, 1000, 7000), // another thread, at the same time
                                "{\"name\": \"note\", \"ph\": \"M\"}")
                        + "]");
        OperatorProfile profile = OperatorProfile.read(trace);
        assertThat(profile.operators())
                .containsExactlyInAnyOrder(
                        new Operator("other", 1, 7),
                        new Operator("addmm", 1, 2.5),
                        new Operator("linear", 1, 2),
                        new Operator("copy", 2, 1.5));
        assertThat(profile.operators().get(0).name()).isEqualTo("other");
        assertThat(profile.total()).isEqualTo(13);
    }
}
