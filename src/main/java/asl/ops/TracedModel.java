package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model of someone else, traced to TorchScript with its parameters inside: images [B, C, H, W] in, a scalar loss out. It
 * runs in the same libtorch as our kernels, so that their speeds can be compared.
 */
public final class TracedModel implements AutoCloseable {
    private final ScriptModule model;
    private final ScriptModule bench;
    private final NDList parameters;

    /** Loads the file; the parameters that learn belong to the manager. */
    public TracedModel(NDManager manager, Path file) {
        this.model = ScriptModule.open(manager, file);
        this.bench = ScriptModule.load(manager, "Bench", Map.of(), "bench.py");
        this.parameters = model.trained(manager);
    }

    /** The loss of float32 images; carries gradients. */
    public NDArray loss(NDManager results, NDArray images) {
        return model.runWithGradients(results, "forward", images).singletonOrThrow();
    }

    /** d loss / d parameter, new arrays. */
    public NDList gradients(NDManager results, NDArray loss) {
        return bench.runWithGradients(results, "gradients", loss, parameters);
    }

    @Override
    public void close() {
        bench.close();
        model.close();
    }
}
