package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.DistConfig;
import asl.config.DistConfig.Transport;
import java.io.IOException;

/** What every rank of {@link MpiWorldTest} does; prints one line when all holds. */
final class WorldProgram {
    private static final int SIZE = 100_003; // no power of two, and more than one of MPI's segments

    private WorldProgram() {}

    public static void main(String[] arguments) throws IOException {
        DistConfig config = new DistConfig(Transport.AUTO, 1, false, false, 0);
        World world = Worlds.open(config, "cpu", System.err::println);
        try (NDManager manager = NDManager.newBaseManager()) {
            reductions(world, manager);
            broadcasts(world, manager);
            whatCannotBeSent(world, manager);
            failuresAreShared(world);
        }
        world.barrier();
        System.out.println("rank " + world.rank() + " of " + world.size() + " is right: " + world.describe());
        world.close();
    }

    private static void reductions(World world, NDManager manager) {
        int n = world.size();
        int r = world.rank();
        NDArray ramp = manager.arange((float) SIZE);
        NDArray scalar = manager.create((float) r);
        NDArray empty = manager.zeros(new Shape(0, 3));
        world.allReduceMean(new NDList(ramp.muli(r + 1), scalar, empty));
        float mean = (n + 1) / 2f;
        float[] values = ramp.toFloatArray();
        for (int i = 0; i < SIZE; i++) {
            assertThat(values[i]).isEqualTo(i * mean);
        }
        assertThat(scalar.getFloat()).isEqualTo((n - 1) / 2f);
        World.Reduction first = world.startAllReduceMean(new NDList(scalar.addi(r)));
        World.Reduction second = world.startAllReduceMean(new NDList(ramp.muli(r + 1)));
        assertThat(world.allReduceSum(1)).containsExactly(n);
        second.await();
        first.await();
        assertThat(ramp.toFloatArray()[1]).isEqualTo(mean * mean);
        assertThat(scalar.getFloat()).isEqualTo(n - 1);
        assertThat(world.allReduceSum(r, 1, 0.5)).containsExactly(n * (n - 1) / 2.0, n, n / 2.0);
        assertThat(world.allReduceMax(r, -r, Double.NEGATIVE_INFINITY))
                .containsExactly(n - 1, 0, Double.NEGATIVE_INFINITY);
        assertThat(world.allReduceSum()).isEmpty();
        assertThat(world.cores()).isEqualTo(Math.max(1, Runtime.getRuntime().availableProcessors() / n));
        assertThat(world.localRank()).isEqualTo(r);
    }

    private static void broadcasts(World world, NDManager manager) {
        int root = world.size() - 1;
        NDArray large = manager.full(new Shape(7, SIZE / 7), (float) world.rank());
        NDArray scalar = manager.create((float) -world.rank());
        world.broadcast(new NDList(large, scalar), root);
        assertThat(large.min().getFloat()).isEqualTo(root);
        assertThat(large.max().getFloat()).isEqualTo(root);
        assertThat(scalar.getFloat()).isEqualTo(-root);
    }

    private static void whatCannotBeSent(World world, NDManager manager) {
        NDArray turned = manager.zeros(new Shape(2, 3)).transpose();
        assertThatThrownBy(() -> world.allReduceMean(new NDList(turned))).hasMessageContaining("one piece");
        NDArray wide = manager.create(1.0);
        assertThatThrownBy(() -> world.allReduceMean(new NDList(wide))).hasMessageContaining("float64");
    }

    private static void failuresAreShared(World world) throws IOException {
        assertThat(world.together(() -> world.rank())).isEqualTo(world.rank());
        World.Attempt<Integer> attempt = () -> {
            if (world.rank() >= 1) {
                throw new IOException("not here");
            }
            return 0;
        };
        if (world.rank() == 1) {
            assertThatThrownBy(() -> world.together(attempt)).hasMessage("not here");
        } else {
            assertThatThrownBy(() -> world.together(attempt)).isInstanceOf(PeerFailure.class);
        }
    }
}
