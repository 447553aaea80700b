package asl.train;

import ai.djl.ndarray.NDList;
import asl.distributed.RanksDifferException;
import asl.distributed.World;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Now and then compares the bits of the weights over the ranks: each starts from the same and steps by the same gradients,
 * so a difference means a broken machine or transport, and training on would average models that have parted.
 */
final class WeightCheck {
    private final World world;
    private final NDList weights;
    private final int everySteps;

    /** @param everySteps 0 = never */
    WeightCheck(World world, AdamW optimizer, int everySteps) {
        this.world = world;
        this.weights = optimizer.weights();
        this.everySteps = everySteps;
    }

    /** Compares if it is time; throws a {@link RanksDifferException} on all ranks alike. */
    void afterStep(long step) {
        if (world.size() == 1 || everySteps == 0 || step % everySteps != 0) {
            return;
        }
        double[] slots = new double[world.size()]; // each rank fills its own
        slots[world.rank()] = checksum();
        double[] all = world.allReduceSum(slots);
        List<Integer> others = IntStream.range(1, all.length)
                .filter(rank -> all[rank] != all[0])
                .boxed()
                .toList();
        if (!others.isEmpty()) {
            throw new RanksDifferException("step " + step + ": the weights of "
                    + others.stream().map(rank -> "rank " + rank).collect(Collectors.joining(", "))
                    + " differ from those of rank 0; go on from the last checkpoint with --resume, and look at the machines"
                    + " if it comes again");
        }
    }

    /** Of all bits; on the host, since sums on a device depend on how it divides them. */
    private long checksum() {
        CRC32 crc = new CRC32();
        weights.forEach(array -> crc.update(array.toByteBuffer()));
        return crc.getValue();
    }
}
