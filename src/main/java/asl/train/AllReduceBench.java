package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.RunConfig;
import asl.config.RunConfig.Precision;
import asl.distributed.World;
import asl.method.DualBranch;
import asl.method.PretrainMethod;
import asl.train.StepTimes.Spread;
import java.util.ArrayList;
import java.util.List;

/** How fast the ranks take the mean of a model's gradients: what a step waits for once they are all there. */
public final class AllReduceBench {
    private static final double GIGA = 1e9;

    /** Rounds that are not counted: buffers and connections are made in them. */
    private static final int WARM_UP = 2;

    private AllReduceBench() {}

    /**
     * What was measured.
     *
     * @param bytes of all arrays
     * @param gigabytesPerSecond bytes of one rank over the time of a round, in 1e9
     */
    public record Result(int arrays, long bytes, Spread seconds, Spread gigabytesPerSecond) {}

    /** Reduces arrays of the shapes of the model's gradients so many times. */
    public static Result run(World world, NDManager manager, RunConfig config, int rounds) {
        NDList gradients = new NDList();
        try (NDManager models = manager.newSubManager();
                PretrainMethod method = new DualBranch(models, config, Precision.FP32)) {
            method.trained().values().forEach(weight -> gradients.add(manager.ones(weight.getShape())));
        }
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < WARM_UP + rounds; i++) {
            world.barrier();
            long start = System.nanoTime();
            world.allReduceMean(gradients);
            if (i >= WARM_UP) {
                seconds.add((System.nanoTime() - start) / GIGA);
            }
        }
        long bytes = gradients.stream().mapToLong(NDArray::size).sum() * Float.BYTES;
        double[] times = seconds.stream().mapToDouble(time -> time).toArray();
        double[] rates =
                seconds.stream().mapToDouble(time -> bytes / time / GIGA).toArray();
        return new Result(gradients.size(), bytes, Spread.of(times), Spread.of(rates));
    }
}
