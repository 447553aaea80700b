package asl.train;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.data.Batch;
import asl.data.BatchLoader;
import asl.method.PretrainMethod.Part;
import asl.model.VitClassifier;
import asl.ops.ClassifierKernels.Gradients;
import java.util.List;
import java.util.Optional;

/**
 * Fine-tuning, micro-batch by micro-batch: augmented images and soft labels, forward, gradients; after each step the moving
 * average of the weights. {@link TrainLoop} makes steps of them; what both work with is made by {@link Finetuning}.
 */
final class FinetuneLoop implements TrainLoop.Task {
    private final Model model;
    private final ClassifierInputs inputs;
    private final BatchLoader batches;

    /** Whoever made classifier, average and batches closes them. */
    FinetuneLoop(Model model, ClassifierInputs inputs, BatchLoader batches) {
        this.model = model;
        this.inputs = inputs;
        this.batches = batches;
    }

    /**
     * What is trained.
     *
     * @param average of the weights, if there is one
     * @param recompute whether backward runs the blocks again
     */
    record Model(NDManager manager, VitClassifier classifier, Optional<WeightAverage> average, boolean recompute) {
        private Gradients train(NDManager results, ClassifierInputs.Inputs in) {
            return recompute
                    ? classifier.trainRecomputed(results, in.images(), in.drop(), in.targets())
                    : classifier.train(results, in.images(), in.drop(), in.targets());
        }
    }

    @Override
    public void forwardAndGradients(OptimizerStep.Sum sum, double share) {
        try (NDManager results = model.manager().newSubManager();
                Batch batch = batches.next()) {
            if (batch.samples().isEmpty()) {
                List<Shape> shapes =
                        List.copyOf(Shapes.of(model.classifier().trained()).values());
                sum.addNothing(results, List.of(Part.whole(shapes.size())), shapes, 1);
                return;
            }
            Gradients gradients = model.train(results, inputs.of(results, batch));
            sum.addWhole(results, gradients.parameters(), new NDList(gradients.loss()), share * batch.weight());
        }
    }

    @Override
    public void stepped(NDManager results, long step) {
        model.average()
                .ifPresent(running -> running.update(
                        results,
                        new NDList(List.copyOf(model.classifier().weights().values())),
                        step));
    }
}
