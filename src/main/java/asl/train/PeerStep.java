package asl.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.ops.TracedModel;
import asl.train.StepTimes.Phases;
import asl.train.StepTimes.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Forward and backward of a traced model on random images, without an optimizer. */
public final class PeerStep implements StepBench.Candidate {
    private final Path file;
    private final TracedModel model;
    private final NDArray images;

    /**
     * Loads the model; its arrays belong to the manager.
     *
     * @param config image size and batch, which must be those that it was traced with
     */
    public PeerStep(NDManager manager, RunConfig config, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        ModelConfig size = config.model();
        this.file = file;
        this.model = new TracedModel(manager, file);
        this.images = manager.randomNormal(new Shape(
                config.train().batchSize(),
                size.channels(),
                size.imageSize().height(),
                size.imageSize().width()));
    }

    @Override
    public Subject subject() {
        return new Subject("peer", Precision.FP32, (int) images.getShape().get(0), 0); // only its maker knows the FLOPs
    }

    @Override
    public Phases step(NDManager manager) {
        Stopwatch watch = new Stopwatch();
        long forward;
        long backward;
        try (NDManager results = manager.newSubManager()) {
            NDArray loss = loss(results);
            forward = watch.lap(loss);
            NDList gradients = model.gradients(results, loss);
            backward = watch.lap(loss);
            if (gradients.isEmpty()) {
                throw new IllegalStateException(file + ": no parameter in it learns");
            }
        }
        return new Phases(forward, backward, 0, watch.lap());
    }

    private NDArray loss(NDManager results) {
        try {
            return model.loss(results, images);
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    file + ": does not run on images of " + images.getShape()
                            + "; a traced model takes the batch and size that it was traced with",
                    e);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
