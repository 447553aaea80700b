package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is asked of NCCL, by a library with its functions' signatures that works on host memory; the ranks are threads. It shows
 * the calls right, and nothing about a GPU.
 */
@Tag("engine")
@EnabledOnOs(OS.LINUX)
final class NcclTensorsTest {
    private static final int RANKS = 3;
    private static final int REMOTE_ERROR = 6;

    @TempDir
    private static Path folder;

    private static NativeLibrary stub;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private interface Work {
        void on(NcclTensors nccl, NDManager manager, int rank);
    }

    @BeforeAll
    static void compile() throws Exception {
        Path library = folder.resolve("libnccl_stub.so");
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-Wall",
                        "-Werror",
                        "-o",
                        library.toString(),
                        Path.of("src/test/resources/distributed/nccl_stub.c").toString(),
                        "-lpthread")
                .inheritIO()
                .start();
        assertThat(gcc.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(gcc.exitValue()).isZero();
        stub = NativeLibrary.getInstance(library.toString());
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** The same on every rank, all of which have joined. */
    private void onEveryRank(Work work) throws Exception {
        int port = TcpGroupTest.freePort();
        List<Future<Boolean>> all = new ArrayList<>();
        for (int rank = 0; rank < RANKS; rank++) {
            Launch.ByAddress launch = new Launch.ByAddress(rank, RANKS, "localhost", port);
            all.add(threads.submit(() -> {
                try (TcpGroup group = TcpGroup.open(launch, Duration.ofSeconds(30), line -> {});
                        NcclTensors nccl = NcclTensors.open(group, stub, launch.rank());
                        NDManager manager = NDManager.newBaseManager()) {
                    work.on(nccl, manager, launch.rank());
                }
                return true;
            }));
        }
        for (Future<Boolean> one : all) {
            assertThat(one.get(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void gradientsAreAveragedInPlace() throws Exception {
        onEveryRank((nccl, manager, rank) -> {
            NDArray first = manager.create(new float[] {rank, 10 * rank, -rank});
            NDArray second = manager.ones(new Shape(2, 5)).mul(rank + 1);
            World.Reduction one = nccl.startAllReduceMean(new NDList(first));
            World.Reduction other = nccl.startAllReduceMean(new NDList(second));
            one.await();
            assertThat(first.toFloatArray()).containsExactly(1, 10, -1);
            other.await();
            assertThat(second.toFloatArray()).containsOnly(2);
        });
    }

    @Test
    void oneRanksValuesReachAll() throws Exception {
        onEveryRank((nccl, manager, rank) -> {
            NDArray values = manager.create(new float[] {rank, rank + 0.5f});
            nccl.broadcast(new NDList(values), 2);
            assertThat(values.toFloatArray()).containsExactly(2, 2.5f);
        });
    }

    @Test
    void halvesAreExchangedAndGathered() throws Exception {
        onEveryRank((nccl, manager, rank) -> {
            NDArray sent = halves(manager, 10 * rank, 10 * rank + 1, 10 * rank + 2);
            NDArray received = halves(manager, 0, 0, 0);
            nccl.allToAll(sent, received);
            assertThat(floats(received)).containsExactly(rank, 10 + rank, 20 + rank);
            NDArray whole = halves(manager, 0, 0, 0);
            nccl.allGather(halves(manager, 7 + rank), whole);
            assertThat(floats(whole)).containsExactly(7, 8, 9);
        });
    }

    @Test
    void aLostRankIsTold() throws Exception {
        try {
            onEveryRank((nccl, manager, rank) -> {
                NDList arrays = new NDList(manager.ones(new Shape(3)));
                stub.getFunction("stub_fail_with").invokeVoid(new Object[] {REMOTE_ERROR});
                assertThatThrownBy(() -> nccl.startAllReduceMean(arrays).await())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("an all-reduce of 1 arrays: NCCL: remote process exited");
            });
        } finally {
            stub.getFunction("stub_fail_with").invokeVoid(new Object[] {0});
        }
    }

    @Test
    void aRankThatCannotJoinLeavesNoThread() throws Exception {
        Launch.ByAddress alone = new Launch.ByAddress(0, 1, "localhost", TcpGroupTest.freePort());
        try (TcpGroup group = TcpGroup.open(alone, Duration.ofSeconds(30), line -> {})) {
            assertThatThrownBy(() -> NcclTensors.open(group, stub, 5))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("ncclCommInitRank (one GPU a rank is needed): NCCL: ");
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("nccl")) {
                thread.join(Duration.ofSeconds(30).toMillis());
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    /** Two bytes each, as the reduced gradients have. */
    private static NDArray halves(NDManager manager, float... values) {
        return manager.create(values).toType(DataType.FLOAT16, true);
    }

    private static float[] floats(NDArray halves) {
        return halves.toType(DataType.FLOAT32, true).toFloatArray();
    }
}
