package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.distributed.World;
import asl.method.PretrainMethod.Part;
import asl.ops.OptimizerKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
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

    /**
     * The sums over the micro-batches of one step; its arrays belong to the step. Those of a part of the parameters that is
     * complete are averaged over the processes while the backward pass goes on: closed before the step is, so that nothing
     * is under way in arrays that are gone.
     */
    final class Sum implements AutoCloseable {
        private final NDManager step;
        private final NavigableMap<Integer, NDList> parts = new TreeMap<>(); // by the number of their first parameter
        private final NDList waiting = new NDList(); // what is still to be averaged
        private final List<World.Reduction> underWay = new ArrayList<>();
        private int microBatches; // still to come
        private @Nullable NDList losses; // null before the first micro-batch

        Sum(NDManager step, int microBatches) {
            this.step = step;
            this.microBatches = microBatches;
        }

        /**
         * Takes in gradients of a micro-batch; every one brings the same parts in the same order.
         *
         * @param share its part of the step's images
         */
        void add(NDManager results, Part part, NDList gradients, double share) {
            NDList sum = accumulated(results, parts.get(part.from()), gradients, share);
            parts.put(part.from(), sum);
            if (microBatches > 1 || bf16) {
                return;
            }
            if (part.more()) {
                underWay.add(world.startAllReduceMean(sum));
            } else {
                waiting.addAll(sum);
            }
        }

        private NDList accumulated(NDManager results, @Nullable NDList sum, NDList more, double share) {
            if (sum != null) {
                kernels.accumulate(results, sum, more, share);
                return sum;
            }
            more.attach(step);
            if (share != 1) {
                kernels.scale(results, more, share);
            }
            return more;
        }

        /** Takes in a micro-batch's losses, its last word. */
        void addLosses(NDManager results, NDList newLosses, double share) {
            losses = accumulated(results, losses, newLosses, share);
            microBatches--;
        }

        /** Takes in a micro-batch whose gradients are all known together. */
        void addWhole(NDManager results, NDList gradients, NDList newLosses, double share) {
            add(results, Part.whole(gradients.size()), gradients, share);
            addLosses(results, newLosses, share);
        }

        /**
         * Takes in a micro-batch that left no image for this rank, as an epoch's last one may.
         *
         * @param all the parts that one with images brings, in that order
         * @param shapes of all parameters
         */
        void addNothing(NDManager results, List<Part> all, List<Shape> shapes, int losses) {
            for (Part part : all) {
                List<Shape> own = shapes.subList(part.from(), part.to());
                add(results, part, new NDList(own.stream().map(results::zeros).toList()), 0);
            }
            NDList none = new NDList(Stream.generate(() -> results.zeros(new Shape()))
                    .limit(losses)
                    .toList());
            addLosses(results, none, 0);
        }

        /** Steps; returns the losses, the norm of the gradients before clipping, and 1 where the step was passed over. */
        NDList finish(double lr) {
            if (losses == null || microBatches != 0) {
                throw new IllegalStateException("a step that lacks " + microBatches + " micro-batches");
            }
            NDList gradients = new NDList();
            parts.values().forEach(gradients::addAll);
            // With the losses, so that every rank sees, logs and passes over the same.
            waiting.addAll(losses);
            underWay.add(world.startAllReduceMean(waiting));
            close();
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

        /** Waits for all that is under way, in the order of its start; fails as the first of those that fail. */
        @Override
        public void close() {
            RuntimeException first = null;
            while (!underWay.isEmpty()) {
                try {
                    underWay.remove(0).await();
                } catch (RuntimeException e) {
                    if (first == null) {
                        first = e;
                    } else {
                        first.addSuppressed(e);
                    }
                }
            }
            if (first != null) {
                throw first;
            }
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

    /** A step of so many micro-batches. */
    Sum begin(NDManager step, int microBatches) {
        return new Sum(step, microBatches);
    }
}
