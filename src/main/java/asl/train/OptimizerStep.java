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

    OptimizerStep(AdamW optimizer, World world, double clipGrad) {
        this.optimizer = optimizer;
        this.kernels = optimizer.kernels();
        this.world = world;
        this.clipGrad = clipGrad;
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
            NDList all = new NDList(gradients);
            all.addAll(losses);
            world.allReduceMean(all);
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

    Sum begin(NDManager step) {
        return new Sum(step);
    }
}
