package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.distributed.World;
import java.util.List;
import java.util.Map;

/** How the ranks of a training start alike: the same weights, the same step. */
final class RankStart {
    private RankStart() {}

    /** Rank 0 has read the checkpoint or drawn the weights; the others take all arrays from it. Returns its step. */
    static long alike(World world, long first, List<Map<String, NDArray>> arrays) {
        NDList all = new NDList();
        arrays.forEach(some -> all.addAll(new NDList(List.copyOf(some.values()))));
        world.broadcast(all, 0);
        return (long) world.allReduceMax((double) first)[0];
    }
}
