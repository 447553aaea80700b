package asl.train;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.method.PretrainMethod;
import asl.method.PretrainMethod.Inputs;
import asl.method.PretrainMethod.Losses;
import java.util.Collection;
import java.util.List;

/**
 * Pre-training, micro-batch by micro-batch: images and masks to the device, forward, gradients. {@link TrainLoop} makes
 * steps of them; what both work with is made by {@link Pretraining}.
 */
final class PretrainLoop implements TrainLoop.Task {
    /** The shapes of the losses: loss, loss_mae, loss_sem. */
    private static final List<Shape> SCALARS = List.of(new Shape(), new Shape(), new Shape());

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
                sum.add(results, zeros(results, Shapes.of(method.trained()).values()), zeros(results, SCALARS), 0);
                return;
            }
            Inputs inputs = PretrainInputs.upload(results, config, batch.images(), batch.samples(), batch.epoch());
            Losses losses = method.forward(results, inputs);
            NDList gradients = method.gradients(results, losses.loss());
            NDList figures = new NDList(losses.loss().stopGradient(), losses.lossMae(), losses.lossSem());
            sum.add(results, gradients, figures, share * batch.weight());
        }
    }

    private static NDList zeros(NDManager results, Collection<Shape> shapes) {
        return new NDList(shapes.stream().map(results::zeros).toList());
    }
}
