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

    /**
     * loss (Eq. 11), and its parts without gradient: loss_mae (Eq. 2), loss_sem (Eq. 10).
     *
     * @param trail arrays on the way to the loss, for the method's own backward pass
     */
    record Losses(NDArray loss, NDArray lossMae, NDArray lossSem, NDList trail) {
        /** The three as they are logged, without gradients. */
        public NDList figures() {
            return new NDList(loss.stopGradient(), lossMae, lossSem);
        }
    }

    /**
     * Parameters whose gradients are known together: of {@link #trained} those from number {@code from} on, {@code to} not.
     *
     * @param more whether the backward pass goes on behind them, so that there is something to hide their sending behind
     */
    record Part(int from, int to, boolean more) {
        /** All parameters, so many, at once. */
        public static Part whole(int size) {
            return new Part(0, size, false);
        }
    }

    /** Takes gradients, new arrays in the order of the part's parameters, while the backward pass goes on. */
    interface GradientSink {
        void take(Part part, NDList gradients);
    }

    /** All parameters by timm name, the fixed positions too. */
    Map<String, NDArray> weights();

    /** The parameters that learn. */
    Map<String, NDArray> trained();

    /** One forward pass; the results carry gradients. */
    Losses forward(NDManager results, Inputs inputs);

    /** All parameters, in parts as {@link #backward} hands them out. */
    List<Part> parts();

    /** d loss / d parameter of all that learn, to the sink as soon as they are known. */
    void backward(NDManager results, Losses losses, GradientSink sink);

    /** Forward and backward; a method that recomputes its activations does so here. */
    default Losses passes(NDManager results, Inputs inputs, GradientSink sink) {
        Losses losses = forward(results, inputs);
        backward(results, losses, sink);
        return losses;
    }

    /** Pixels in 0..1 [B, H, W, C] that the original branch makes of the visible patches, for pictures. */
    NDArray reconstruct(NDManager results, Inputs inputs);

    @Override
    void close();
}
