package asl.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** A way to pre-train: parameters, and one forward pass that returns named losses. A new method is a new class. */
public interface PretrainMethod extends AutoCloseable {
    /**
     * What a pass is given; the arrays belong to the step.
     *
     * @param images uint8 [B, H, W, C], or normalised float32 [B, C, H, W]
     * @param ids shuffle of each image's patches [B, N], int64, the visible ones first
     * @param samples indices of the images in their data set, for whatever else a method draws
     */
    record Inputs(NDArray images, NDArray ids, int epoch, List<Long> samples) {}

    /** loss (Eq. 11), and its parts without gradient: loss_mae (Eq. 2), loss_sem (Eq. 10). */
    record Losses(NDArray loss, NDArray lossMae, NDArray lossSem) {}

    /** Both passes of one micro-batch: the losses, and d loss / d parameter in the order of {@link #trained}. */
    record Passes(Losses losses, NDList gradients) {}

    /** All parameters by timm name, the fixed positions too. */
    Map<String, NDArray> weights();

    /** The parameters that learn. */
    Map<String, NDArray> trained();

    /** One forward pass; the results carry gradients. */
    Losses forward(NDManager results, Inputs inputs);

    /** d loss / d parameter, new arrays in the order of {@link #trained}. */
    NDList gradients(NDManager results, NDArray loss);

    /** Forward and backward; a method that recomputes its activations does so here. */
    default Passes passes(NDManager results, Inputs inputs) {
        Losses losses = forward(results, inputs);
        return new Passes(losses, gradients(results, losses.loss()));
    }

    /** Pixels in 0..1 [B, H, W, C] that the original branch makes of the visible patches, for pictures. */
    NDArray reconstruct(NDManager results, Inputs inputs);

    @Override
    void close();
}
