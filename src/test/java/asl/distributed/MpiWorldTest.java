package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that mpirun started: what they reduce and broadcast. */
@Tag("engine")
final class MpiWorldTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void ranksReduceBroadcastAndFailTogether(int ranks) throws Exception {
        Mpirun.Result result = Mpirun.run(folder, ranks, List.of(WorldProgram.class.getName()));
        assertThat(result.code()).as(result.output()).isZero();
        for (int rank = 0; rank < ranks; rank++) {
            assertThat(result.output())
                    .contains("rank " + rank + " of " + ranks + " is right: " + ranks + " processes over ");
        }
    }
}
