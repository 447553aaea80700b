package asl.train;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.model.VitClassifier;
import asl.ops.ClassifierKernels.Gradients;
import java.util.List;
import java.util.Optional;

/**
 * Fine-tuning, micro-batch by micro-batch: augmented images and soft labels, forward, gradients; after each step the moving
 * average of the weights. {@link TrainLoop} makes steps of them; what both work with is made by {@link Finetuning}.
 */
final class FinetuneLoop implements TrainLoop.Task {
    private final NDManager manager;
    private final VitClassifier classifier;
    private final Optional<WeightAverage> average;
    private final ClassifierInputs inputs;
    private final BatchLoader batches;

    /** Whoever made classifier, average and batches closes them. */
    FinetuneLoop(Model model, ClassifierInputs inputs, BatchLoader batches) {
        this.manager = model.manager();
        this.classifier = model.classifier();
        this.average = model.average();
        this.inputs = inputs;
        this.batches = batches;
    }

    /** A classifier and, if there is one, the moving average of its weights. */
    record Model(NDManager manager, VitClassifier classifier, Optional<WeightAverage> average) {}

    @Override
    public void forwardAndGradients(OptimizerStep.Sum sum, double share) {
        try (NDManager results = manager.newSubManager();
                Batch batch = batches.next()) {
            if (batch.samples().isEmpty()) {
                sum.addNothing(results, Shapes.of(classifier.trained()).values(), 1);
                return;
            }
            ClassifierInputs.Inputs in = inputs.of(results, batch);
            Gradients gradients = classifier.train(results, in.images(), in.drop(), in.targets());
            sum.add(results, gradients.parameters(), new NDList(gradients.loss()), share * batch.weight());
        }
    }

    @Override
    public void stepped(NDManager results, long step) {
        average.ifPresent(running -> running.update(
                results, new NDList(List.copyOf(classifier.weights().values())), step));
    }
}
