package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig.Precision;
import java.util.Map;

/** How fast this machine multiplies matrices, measured: what every other speed is a share of. */
public final class MatrixPeak {
    private static final int ROUNDS = 4;
    private static final long CPU_SIZE = 2048;
    private static final long GPU_SIZE = 8192;
    private static final long PRODUCTS = 4;

    private MatrixPeak() {}

    /** Floating-point operations per second of the fastest of some rounds of large square products. */
    public static double flops(NDManager parent, Precision precision) {
        long size = parent.getDevice().isGpu() ? GPU_SIZE : CPU_SIZE;
        try (NDManager manager = parent.newSubManager();
                ScriptModule module = ScriptModule.load(manager, "Bench", Map.of(), "bench.py")) {
            NDArray a = manager.randomUniform(-1, 1, new Shape(size, size));
            NDArray b = manager.randomUniform(-1, 1, new Shape(size, size));
            boolean bf16 = precision == Precision.BF16;
            products(module, manager, a, b, bf16); // the first one starts threads and chooses kernels
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < ROUNDS; i++) {
                best = Math.min(best, products(module, manager, a, b, bf16));
            }
            return 2.0 * size * size * size * PRODUCTS / best;
        }
    }

    /** Seconds. */
    private static double products(ScriptModule module, NDManager manager, NDArray a, NDArray b, boolean bf16) {
        long start = System.nanoTime();
        // Reading the sum waits for the device.
        module.run(manager, "products", a, b, bf16, PRODUCTS).head().getFloat();
        return (System.nanoTime() - start) / 1e9;
    }
}
