package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * The arithmetic of linear heads on frozen features. B images, D width of the features, C classes, K heads that learn side
 * by side from the same features. Results belong to the manager of the first argument's array.
 */
public final class ProbeKernels implements AutoCloseable {
    private final ScriptModule module;

    /** Loads the kernels on the manager's device. */
    public ProbeKernels(NDManager manager) {
        this.module = ScriptModule.load(manager, "Probe", Map.of(), "probe.py");
    }

    /** Loss of every head, and its gradients. */
    public record Gradients(NDArray losses, NDList parameters) {}

    /**
     * Batch norm without affine in training: x [B, D] by the moments of the batch, running [mean, var] in place.
     *
     * @param running two arrays [D]
     */
    public NDArray normalize(NDArray x, NDList running) {
        return module.run(x.getManager(), "normalize", x, running.get(0), running.get(1))
                .singletonOrThrow();
    }

    /** The same by the running moments. */
    public NDArray normalizeEval(NDArray x, NDList running) {
        return module.run(x.getManager(), "normalize_eval", x, running.get(0), running.get(1))
                .singletonOrThrow();
    }

    /** Logits [K, B, C] of normalised features under parameters {weight [K, C, D], bias [K, C]}. */
    public NDArray logits(NDArray x, NDList parameters) {
        return module.run(x.getManager(), "logits", x, parameters.get(0), parameters.get(1))
                .singletonOrThrow();
    }

    /** Mean cross-entropy of every head on labels [B] (int64), with gradients in the order of the parameters. */
    public Gradients gradients(NDArray x, NDArray labels, NDList parameters) {
        NDList out = module.run(x.getManager(), "gradients", x, labels, parameters.get(0), parameters.get(1));
        return new Gradients(out.get(0), new NDList(out.get(1), out.get(2)));
    }

    /** One LARS step in place; lr [K], momenta in the order of the parameters. */
    public void lars(NDList parameters, NDList gradients, NDList momenta, NDArray lr, Lars options) {
        module.run(
                        lr.getManager(),
                        "lars",
                        parameters,
                        gradients,
                        momenta,
                        lr,
                        options.momentum(),
                        options.trust(),
                        options.weightDecay())
                .close();
    }

    /** Constants of LARS (RECIPES 1.4: 0.9, 0.001, 0). */
    public record Lars(double momentum, double trust, double weightDecay) {}

    @Override
    public void close() {
        module.close();
    }
}
