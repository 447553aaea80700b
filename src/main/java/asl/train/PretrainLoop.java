package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.method.PretrainMethod;
import asl.method.PretrainMethod.Inputs;
import asl.method.PretrainMethod.Losses;
import asl.model.RandomMasking;
import java.util.List;

/**
 * Pre-training, micro-batch by micro-batch: images and masks to the device, forward, gradients. {@link TrainLoop} makes
 * steps of them; what both work with is made by {@link Pretraining}.
 */
final class PretrainLoop implements TrainLoop.Task {
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
}
