package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.config.TrainPlan;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.distributed.World;
import asl.method.PretrainMethod;
import asl.method.PretrainMethod.Inputs;
import asl.method.PretrainMethod.Losses;
import asl.model.RandomMasking;
import java.io.IOException;
import java.util.List;

/**
 * Pre-training as prose: schedule, batch, forward, gradients, step, log, checkpoint. What it works with is made by {@link
 * Pretraining}; what happens now and then is in {@link StepEvents}.
 */
final class PretrainLoop {
    private final RunConfig config;
    private final TrainPlan plan;
    private final World world;
    private final NDManager manager;
    private final PretrainMethod method;
    private final OptimizerStep optimizer;
    private final BatchLoader batches;
    private final StepEvents events;
    private final StopSignal stop;

    /** What a loop works with; whoever made it closes it. */
    record Parts(
            RunConfig config,
            TrainPlan plan,
            World world,
            NDManager manager,
            PretrainMethod method,
            AdamW optimizer,
            BatchLoader batches) {}

    PretrainLoop(Parts parts, StepEvents events, StopSignal stop) {
        this.config = parts.config();
        this.plan = parts.plan();
        this.world = parts.world();
        this.manager = parts.manager();
        this.method = parts.method();
        this.optimizer =
                new OptimizerStep(parts.optimizer(), world, config.optim().clipGrad());
        this.batches = parts.batches();
        this.events = events;
        this.stop = stop;
    }

    /** Steps from {@code first} to the end of the plan, or until asked to stop; returns the steps done. */
    long run(long first) throws IOException {
        CosineSchedule schedule = new CosineSchedule(
                plan.lr(), config.optim().minLr(), config.optim().warmupEpochs(), plan.epochs());
        long step = first;
        events.atStart(step);
        while (step < plan.totalSteps() && !StepEvents.stopRequested(stop, world)) {
            double epoch = step / (double) plan.stepsPerEpoch();
            double lr = schedule.at(epoch);
            try (NDManager results = manager.newSubManager()) {
                OptimizerStep.Sum sum = optimizer.begin(results);
                int microBatches = microBatches(step % plan.stepsPerEpoch());
                for (int i = 0; i < microBatches; i++) {
                    forwardAndGradients(sum, 1.0 / microBatches);
                }
                NDList figures = sum.finish(lr); // loss, loss_mae, loss_sem, grad_norm, skipped
                step++;
                events.afterStep(step, lr, figures);
            }
        }
        events.atEnd(step);
        return step;
    }

    private void forwardAndGradients(OptimizerStep.Sum sum, double share) {
        try (NDManager results = manager.newSubManager();
                Batch batch = batches.next()) {
            Inputs inputs = upload(results, batch);
            Losses losses = method.forward(results, inputs);
            NDList gradients = method.gradients(results, losses.loss());
            NDList figures = new NDList(losses.loss().stopGradient(), losses.lossMae(), losses.lossSem());
            sum.add(results, gradients, figures, share);
        }
    }

    /** The batch on the device, with its masks: images travel as bytes and are normalised there. */
    private Inputs upload(NDManager results, Batch batch) {
        List<Long> samples = batch.samples();
        int patches = config.model().patches();
        Shape shape = new Shape(
                samples.size(),
                config.model().imageSize().height(),
                config.model().imageSize().width(),
                config.model().channels());
        NDArray images = results.create(batch.images(), shape, DataType.UINT8);
        long[] ids = RandomMasking.draw(config.seed(), batch.epoch(), patches, samples);
        return new Inputs(images, results.create(ids, new Shape(samples.size(), patches)), batch.epoch(), samples);
    }

    /** An epoch's last step takes what is left of the micro-batches, so that none is lost. */
    private int microBatches(long stepInEpoch) {
        long left = batches.batchesPerEpoch() - stepInEpoch * config.train().accumIter();
        return (int) Math.min(config.train().accumIter(), left);
    }
}
