package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.LinprobeConfig.LarsConfig;
import asl.distributed.World;
import asl.ops.ProbeKernels;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.List;
import java.util.Map;

/**
 * Linear heads on one kind of frozen feature: batch norm without affine, then a linear layer (MAE's probe), one head for
 * each learning rate, all from the same initial weights and all trained by the same batches. K heads, C classes, D width.
 */
public final class ProbeHeads implements AutoCloseable {
    /** Standard deviation of the initial weights (MoCo v3, MAE). */
    private static final double INIT_STD = 0.01;

    private final NDManager manager;
    private final ProbeKernels kernels;
    private final ProbeKernels.Lars lars;
    private final int heads;
    private final NDList parameters; // weight [K, C, D], bias [K, C]
    private final NDList momenta;
    private final NDList running; // mean [D], var [D]
    private final NDList gradients = new NDList(); // sums over micro-batches; empty between steps
    private int accumulated;

    /**
     * Heads of random weights.
     *
     * @param parent its device is theirs
     */
    public ProbeHeads(NDManager parent, ProbeKernels kernels, Size size, LarsConfig optim, long seed) {
        this.manager = parent.newSubManager();
        this.kernels = kernels;
        this.lars = new ProbeKernels.Lars(optim.momentum(), optim.trust(), optim.weightDecay());
        this.heads = optim.blrs().size();
        NDArray weight = initial(size, seed);
        this.parameters = new NDList(weight, manager.zeros(new Shape(heads, size.classes())));
        this.momenta = zerosLike(parameters);
        this.running = new NDList(manager.zeros(new Shape(size.width())), manager.ones(new Shape(size.width())));
    }

    /** Width of the features and number of classes. */
    public record Size(int width, int classes) {}

    private NDArray initial(Size size, long seed) {
        RandomStream random = RandomStream.of(seed, Purpose.INIT, RandomStream.key("head.weight"));
        float[] weight = new float[size.classes() * size.width()];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) (INIT_STD * random.nextGaussian());
        }
        try (NDArray one = manager.create(weight, new Shape(1, size.classes(), size.width()))) {
            return one.repeat(0, heads);
        }
    }

    private static NDList zerosLike(NDList arrays) {
        return new NDList(arrays.stream().map(NDArray::zerosLike).toList());
    }

    /**
     * Adds the gradients of a micro-batch.
     *
     * @param features [B, D]; their manager takes the intermediate results
     * @param labels [B] int64
     * @return the loss of every head [K]
     */
    public NDArray accumulate(NDArray features, NDArray labels) {
        NDArray normalized = kernels.normalize(features, running);
        ProbeKernels.Gradients micro = kernels.gradients(normalized, labels, parameters);
        add(micro.parameters());
        accumulated++;
        return micro.losses();
    }

    /** Not in place: what kernels return without gradients are inference tensors, which nothing may write to. */
    private void add(NDList micro) {
        for (int i = 0; i < micro.size(); i++) {
            if (accumulated == 0) {
                gradients.add(micro.get(i).mul(1));
            } else {
                try (NDArray before = gradients.get(i)) {
                    gradients.set(i, before.add(micro.get(i)));
                }
            }
        }
        gradients.attach(manager);
    }

    /**
     * One LARS step with the mean of what was accumulated, over micro-batches and ranks.
     *
     * @param rates learning rate of every head
     */
    public void step(List<Double> rates, World world) {
        for (NDArray gradient : gradients) {
            gradient.divi(accumulated);
        }
        world.allReduceMean(gradients);
        float[] values = new float[heads];
        for (int i = 0; i < heads; i++) {
            values[i] = rates.get(i).floatValue();
        }
        try (NDArray lr = manager.create(values)) {
            kernels.lars(parameters, gradients, momenta, lr, lars);
        }
        gradients.close();
        gradients.clear();
        accumulated = 0;
    }

    /** Gives every rank the running moments of rank 0, which are those that count. */
    public void shareMoments(World world) {
        world.broadcast(running, 0);
    }

    /** Logits [K, B, C] by the running moments. */
    public NDArray logits(NDArray features) {
        return kernels.logits(kernels.normalizeEval(features, running), parameters);
    }

    /** What one head has learned so far. */
    public LinearHead head(int index) {
        try (NDArray weight = parameters.get(0).get(index);
                NDArray bias = parameters.get(1).get(index)) {
            return LinearHead.folded(
                    weight.toFloatArray(),
                    bias.toFloatArray(),
                    running.get(0).toFloatArray(),
                    running.get(1).toFloatArray());
        }
    }

    /** Weight [K, C, D] and bias [K, C] under names that begin with the given one; the arrays themselves. */
    Map<String, NDArray> weights(String name) {
        return Map.of(name + ".weight", parameters.get(0), name + ".bias", parameters.get(1));
    }

    /** Whatever else training changes between its steps, for checkpoints; the arrays themselves. */
    Map<String, NDArray> state(String name) {
        return Map.of(
                name + ".momentum.weight",
                momenta.get(0),
                name + ".momentum.bias",
                momenta.get(1),
                name + ".running_mean",
                running.get(0),
                name + ".running_var",
                running.get(1));
    }

    @Override
    public void close() {
        manager.close();
    }
}
