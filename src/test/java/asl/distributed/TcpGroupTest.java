package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ranks that meet over TCP; here threads of one process. */
final class TcpGroupTest {
    private static final int RANKS = 3;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private interface Work {
        void on(TcpGroup group);
    }

    static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    private List<Future<Boolean>> start(int[] ranks, int port, Work work) {
        List<Future<Boolean>> all = new ArrayList<>();
        for (int rank : ranks) {
            Launch.ByAddress launch = new Launch.ByAddress(rank, RANKS, "localhost", port);
            Callable<Boolean> task = () -> {
                work.on(TcpGroup.open(launch, Duration.ofSeconds(30), line -> {}));
                return true;
            };
            all.add(threads.submit(task));
        }
        return all;
    }

    @Test
    void numbersAreCombinedAndBytesCopied() throws Exception {
        List<Future<Boolean>> all = start(new int[] {2, 1, 0}, freePort(), group -> {
            int rank = group.place().rank();
            assertThat(group.place()).isEqualTo(new Place(rank, RANKS, rank, RANKS));
            assertThat(group.sum(rank, 0.5)).containsExactly(3, 1.5);
            assertThat(group.max(rank, -rank)).containsExactly(2, 0);
            assertThat(group.broadcast(new byte[] {(byte) (7 + rank)})).containsExactly(7);
            group.close();
        });
        for (Future<Boolean> one : all) {
            assertThat(one.get()).isTrue();
        }
    }

    @Test
    void aRankThatIsThereTwiceIsNamed() throws Exception {
        List<Future<Boolean>> all = start(new int[] {1, 1, 0}, freePort(), group -> {});
        assertThatThrownBy(() -> all.get(2).get())
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("two processes call themselves rank 1");
    }
}
