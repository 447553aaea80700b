package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.data.ImageSource;
import asl.distributed.World;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How the ranks of a training start alike: the same images, the same weights, the same step. */
final class RankStart {
    private RankStart() {}

    /** Throws a {@link RanksDifferException} on all ranks where they find different numbers of images. */
    static void requireSameSize(World world, ImageSource source) {
        double[] most = world.allReduceMax(source.size(), -source.size());
        if (most[0] != -most[1]) {
            throw new RanksDifferException(String.format(
                    Locale.ROOT,
                    "data.root: the ranks find from %.0f to %.0f images; they must see the same, in the same order",
                    -most[1],
                    most[0]));
        }
    }

    /** Rank 0 has read the checkpoint or drawn the weights; the others take all arrays from it. Returns its step. */
    static long alike(World world, long first, List<Map<String, NDArray>> arrays) {
        NDList all = new NDList();
        arrays.forEach(some -> all.addAll(new NDList(List.copyOf(some.values()))));
        world.broadcast(all, 0);
        return (long) world.allReduceMax((double) first)[0];
    }
}
