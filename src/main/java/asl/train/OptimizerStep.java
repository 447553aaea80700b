package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.distributed.World;
import asl.ops.OptimizerKernels;
import java.util.Collection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From the gradients of micro-batches to new weights: accumulate, average over the processes, check, clip, step. A step
 * whose loss or gradients are not finite is passed over on the device; after the average every process sees the same.
 */
final class OptimizerStep {
    private final AdamW optimizer;
    private final OptimizerKernels kernels;
    private final World world;
    private final double clipGrad;
    private final boolean bf16;

    OptimizerStep(AdamW optimizer, World world, double clipGrad) {
        this(optimizer, world, clipGrad, false);
    }

    /** @param bf16 whether gradients travel as bf16 */
    OptimizerStep(AdamW optimizer, World world, double clipGrad, boolean bf16) {
        this.optimizer = optimizer;
        this.kernels = optimizer.kernels();
        this.world = world;
        this.clipGrad = clipGrad;
        this.bf16 = bf16 && world.size() > 1;
    }

    /** The sums over the micro-batches of one step; its arrays belong to the step. */
    final class Sum {
        private final NDManager step;
        private @Nullable NDList gradients; // null before the first micro-batch
        private @Nullable NDList losses;

        Sum(NDManager step) {
            this.step = step;
        }

        /**
         * Takes in a micro-batch.
         *
         * @param share its part of the step's images
         */
        void add(NDManager results, NDList newGradients, NDList newLosses, double share) {
            if (gradients == null || losses == null) {
                newGradients.attach(step);
                newLosses.attach(step);
                gradients = newGradients;
                losses = newLosses;
                if (share != 1) {
                    kernels.scale(results, gradients, share);
                    kernels.scale(results, losses, share);
                }
                return;
            }
            kernels.accumulate(results, gradients, newGradients, share);
            kernels.accumulate(results, losses, newLosses, share);
        }

        /** Takes in a micro-batch that left no image for this rank, as an epoch's last one may. */
        void addNothing(NDManager results, Collection<Shape> shapes, int losses) {
            NDList none = new NDList(shapes.stream().map(results::zeros).toList());
            NDList noLosses = new NDList(Stream.generate(() -> results.zeros(new Shape()))
                    .limit(losses)
                    .toList());
            add(results, none, noLosses, 0);
        }

        /** Steps; returns the losses, the norm of the gradients before clipping, and 1 where the step was passed over. */
        NDList finish(double lr) {
            if (gradients == null || losses == null) {
                throw new IllegalStateException("a step without a micro-batch");
            }
            // With the losses, so that every rank sees, logs and passes over the same.
            NDList all = bf16 ? new NDList() : new NDList(gradients);
            all.addAll(losses);
            world.allReduceMean(all);
            if (bf16) {
                reduceAsBf16(gradients);
            }
            NDArray norm = kernels.norm(step, gradients);
            NDArray skip = kernels.notFinite(step, losses.get(0), norm);
            if (clipGrad > 0) {
                kernels.clip(step, gradients, norm, clipGrad);
            }
            optimizer.step(step, gradients, skip, lr);
            NDList figures = new NDList(losses);
            figures.add(norm);
            figures.add(skip);
            return figures;
        }
    }

    /**
     * MPI knows no bf16, and sums that are rounded at every rank lose what bf16 has few of. So each rank gets its part of
     * all gradients, adds them up in fp32, rounds once and hands it round: as many bytes as a ring takes, and the same bits
     * for all.
     */
    private void reduceAsBf16(NDList gradients) {
        try (NDManager results = gradients.head().getManager().newSubManager()) {
            NDArray packed = kernels.pack(results, gradients, world.size()); // bf16 [R, C]
            NDArray received = kernels.room(results, packed);
            world.allToAll(packed, received);
            world.allGather(kernels.meanOfRows(results, received), packed);
            kernels.unpack(results, packed, gradients);
        }
    }

    Sum begin(NDManager step) {
        return new Sum(step);
    }
}
