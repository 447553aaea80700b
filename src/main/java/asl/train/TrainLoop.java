package asl.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.DistConfig;
import asl.config.RunConfig.OptimConfig;
import asl.config.TrainPlan;
import asl.data.Batch;
import asl.distributed.World;
import java.io.IOException;

/**
 * Every training as prose: schedule, micro-batches, step, then what happens now and then ({@link StepEvents}). What a
 * micro-batch does is the {@link Task}'s, pre-training's or fine-tuning's.
 */
final class TrainLoop {
    private final Parts parts;
    private final StepEvents events;
    private final StopSignal stop;

    /**
     * What a loop works with; whoever made it closes it.
     *
     * @param batchesPerEpoch micro-batches of this rank in an epoch
     */
    record Parts(
            TrainPlan plan,
            OptimConfig optim,
            int accumIter,
            long batchesPerEpoch,
            World world,
            NDManager manager,
            AdamW optimizer,
            DistConfig dist) {}

    /** What is trained. */
    interface Task {
        /**
         * Takes the next micro-batch forward and back, and adds its gradients and losses to the step's.
         *
         * @param share the part of the step that a full micro-batch has; one of another {@link Batch#weight} has so much less
         */
        void forwardAndGradients(OptimizerStep.Sum sum, double share);

        /** After the weights were moved, {@code step} steps done in all. */
        default void stepped(NDManager results, long step) {}
    }

    TrainLoop(Parts parts, StepEvents events, StopSignal stop) {
        this.parts = parts;
        this.events = events;
        this.stop = stop;
    }

    /** Steps from {@code first} to the end of the plan, or until asked to stop; returns the steps done. */
    long run(long first, Task task) throws IOException {
        TrainPlan plan = parts.plan();
        OptimConfig optim = parts.optim();
        CosineSchedule schedule = new CosineSchedule(plan.lr(), optim.minLr(), optim.warmupEpochs(), plan.epochs());
        OptimizerStep optimizer = new OptimizerStep(
                parts.optimizer(), parts.world(), optim.clipGrad(), parts.dist().bf16Allreduce());
        WeightCheck weights =
                new WeightCheck(parts.world(), parts.optimizer(), parts.dist().checkEverySteps());
        long step = first;
        events.atStart(step);
        while (step < plan.totalSteps() && !StepEvents.stopRequested(stop, parts.world())) {
            double lr = schedule.at(step / (double) plan.stepsPerEpoch());
            int microBatches = microBatches(step % plan.stepsPerEpoch());
            try (NDManager results = parts.manager().newSubManager();
                    OptimizerStep.Sum sum = optimizer.begin(results, microBatches)) {
                for (int i = 0; i < microBatches; i++) {
                    task.forwardAndGradients(sum, 1.0 / microBatches);
                }
                NDList figures = sum.finish(lr); // the losses, grad_norm, skipped
                step++;
                weights.afterStep(step);
                task.stepped(results, step);
                events.afterStep(step, lr, figures);
            } catch (EngineException e) {
                throw OutOfMemoryException.explained(e);
            }
        }
        events.atEnd(step);
        return step;
    }

    /** An epoch's last step takes what is left of the micro-batches, so that none is lost. */
    private int microBatches(long stepInEpoch) {
        long left = parts.batchesPerEpoch() - stepInEpoch * parts.accumIter();
        return (int) Math.min(parts.accumIter(), left);
    }

    /** Micro-batches that were used up before a step, counted over all epochs: where the data of a resumed run goes on. */
    static long batchesBefore(long step, TrainPlan plan, long batchesPerEpoch, int accumIter) {
        return step / plan.stepsPerEpoch() * batchesPerEpoch + step % plan.stepsPerEpoch() * accumIter;
    }
}
