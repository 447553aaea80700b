package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.config.DistConfig;
import asl.distributed.World;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rank moves which parameter: all move all, or each those of its share, whose optimizer state nobody else keeps (ZeRO
 * stage 1, Rajbhandari et al. 2020). Parameters are given away whole, the largest first, each to the rank that has least.
 */
public final class Sharding {
    private final World world;
    private final int[] owners;
    private final boolean divided;

    private Sharding(World world, int[] owners, boolean divided) {
        this.world = world;
        this.owners = owners;
        this.divided = divided;
    }

    /** Every rank moves all parameters. */
    public static Sharding none(World world) {
        return new Sharding(world, new int[0], false);
    }

    /** Either, as the configuration says. */
    static Sharding of(DistConfig dist, World world, Collection<NDArray> parameters) {
        return dist.shardOptimizer() ? of(world, List.copyOf(parameters)) : none(world);
    }

    /** Every rank moves its share; alone, all. */
    static Sharding of(World world, List<NDArray> parameters) {
        int[] owners = new int[parameters.size()];
        long[] load = new long[world.size()];
        IntStream.range(0, owners.length)
                .boxed()
                .sorted(Comparator.comparingLong(
                        (Integer i) -> -parameters.get(i).size()))
                .forEach(i -> {
                    int least = IntStream.range(0, load.length)
                            .boxed()
                            .min(Comparator.comparingLong(rank -> load[rank]))
                            .orElseThrow();
                    owners[i] = least;
                    load[least] += parameters.get(i).size();
                });
        return new Sharding(world, owners, world.size() > 1);
    }

    boolean divided() {
        return divided;
    }

    World world() {
        return world;
    }

    /** Whether this rank moves a parameter. */
    boolean mine(int parameter) {
        return !divided || owners[parameter] == world.rank();
    }

    int owner(int parameter) {
        return divided ? owners[parameter] : 0;
    }

    /** Every rank gets what the others moved. Collective. */
    void exchange(NDList parameters) {
        for (int rank = 0; divided && rank < world.size(); rank++) {
            int root = rank;
            NDList moved = new NDList(IntStream.range(0, owners.length)
                    .filter(i -> owners[i] == root)
                    .mapToObj(parameters::get)
                    .toList());
            world.broadcast(moved, root);
        }
    }
}
