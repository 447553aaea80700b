package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** The arithmetic of a training step behind the backward pass, over whole lists of arrays and in place. */
public final class OptimizerKernels implements AutoCloseable {
    private final ScriptModule module;
    private final String adamw;

    /** Loads the kernels on the manager's device. */
    public OptimizerKernels(NDManager manager) {
        this.module = ScriptModule.load(manager, "Optimizer", Map.of(), "optimizer.py");
        this.adamw = manager.getDevice().isGpu() || Engines.pytorchAtLeast(2, 4) ? "adamw_fused" : "adamw_foreach";
    }

    /** Global L2 norm of the gradients, a scalar. */
    public NDArray norm(NDManager results, NDList gradients) {
        return module.run(results, "norm", gradients).singletonOrThrow();
    }

    /** Scales the gradients down so that their global norm, which is {@code norm} now, is at most {@code limit}. */
    public void clip(NDManager results, NDList gradients, NDArray norm, double limit) {
        module.run(results, "clip", gradients, norm, limit).close();
    }

    /** sums += share * gradients. */
    public void accumulate(NDManager results, NDList sums, NDList gradients, double share) {
        module.run(results, "accumulate", sums, gradients, share).close();
    }

    /** gradients *= factor. */
    public void scale(NDManager results, NDList gradients, double factor) {
        module.run(results, "scale", gradients, factor).close();
    }

    /** All gradients as bf16, behind each other and filled up with 0: [rows, C]. DJL has no name for its type. */
    public NDArray pack(NDManager results, NDList gradients, int rows) {
        return module.run(results, "pack", gradients, (long) rows).singletonOrThrow();
    }

    /** An array like another, of any content. */
    public NDArray room(NDManager results, NDArray like) {
        return module.run(results, "room", like).singletonOrThrow();
    }

    /** The mean of bf16 rows [R, C], summed in fp32 and rounded once: bf16 [C]. */
    public NDArray meanOfRows(NDManager results, NDArray rows) {
        return module.run(results, "mean_of_rows", rows).singletonOrThrow();
    }

    /** Puts what was packed back into the gradients. */
    public void unpack(NDManager results, NDArray packed, NDList gradients) {
        module.run(results, "unpack", packed, gradients).close();
    }

    /** 1 where the loss or the norm is not finite, else 0; a scalar that stays on the device. */
    public NDArray notFinite(NDManager results, NDArray loss, NDArray norm) {
        return module.run(results, "not_finite", loss, norm).singletonOrThrow();
    }

    /** step += 1 - skip. */
    public void count(NDManager results, NDArray step, NDArray skip) {
        module.run(results, "count", step, skip).close();
    }

    /** Arrays that AdamW works on: weights, gradients and both moments, in one order. */
    public record State(NDList weights, NDList gradients, NDList m, NDList v) {}

    /** What AdamW is set to at a step. */
    public record AdamW(double lr, double beta1, double beta2, double eps, double weightDecay) {}

    /**
     * One AdamW step as PyTorch defines it (decay apart from the gradient, eps outside of the bias correction's root).
     *
     * @param step steps taken, this one included
     * @param skip 1 = leave everything as it is
     */
    public void adamw(NDManager results, State state, NDArray step, NDArray skip, AdamW options) {
        module.run(
                        results,
                        adamw,
                        state.weights(),
                        state.gradients(),
                        state.m(),
                        state.v(),
                        step,
                        skip,
                        options.lr(),
                        options.beta1(),
                        options.beta2(),
                        options.eps(),
                        options.weightDecay())
                .close();
    }

    @Override
    public void close() {
        module.close();
    }
}
