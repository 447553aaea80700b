package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.RunConfig;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.method.PretrainMethod;
import asl.method.PretrainMethod.Inputs;
import asl.method.PretrainMethod.Losses;
import java.util.List;

/**
 * Pre-training, micro-batch by micro-batch: images and masks to the device, forward, gradients. {@link TrainLoop} makes
 * steps of them; what both work with is made by {@link Pretraining}.
 */
final class PretrainLoop implements TrainLoop.Task {
    /** loss, loss_mae, loss_sem. */
    private static final int LOSSES = 3;

    private final RunConfig config;
    private final NDManager manager;
    private final PretrainMethod method;
    private final BatchLoader batches;

    /** Whoever made the method and the batches closes them. */
    PretrainLoop(RunConfig config, NDManager manager, PretrainMethod method, BatchLoader batches) {
        this.config = config;
        this.manager = manager;
        this.method = method;
        this.batches = batches;
    }

    @Override
    public void forwardAndGradients(OptimizerStep.Sum sum, double share) {
        try (NDManager results = manager.newSubManager();
                Batch batch = batches.next()) {
            if (batch.samples().isEmpty()) { // an epoch's last batch may leave none for this rank
                sum.addNothing(
                        results,
                        method.parts(),
                        List.copyOf(Shapes.of(method.trained()).values()),
                        LOSSES);
                return;
            }
            Inputs inputs = PretrainInputs.upload(results, config, batch.images(), batch.samples(), batch.epoch());
            double part = share * batch.weight();
            Losses losses = method.passes(
                    results, inputs, (parameters, gradients) -> sum.add(results, parameters, gradients, part));
            sum.addLosses(results, losses.figures(), part);
        }
    }
}
