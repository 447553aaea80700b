package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
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

    /** Of the batch norm (MAE, PyTorch). */
    private static final double EPS = 1e-6;

    private static final double MOMENTUM = 0.1;

    private final NDManager manager;
    private final ProbeKernels kernels;
    private final ProbeKernels.Lars lars;
    private final int heads;
    private final NDList parameters; // weight [K, C, D], bias [K, C]
    private final NDList momenta;
    private final NDList running; // mean [D], var [D]
    private final NDList sums = new NDList(); // gradients and losses [K], over micro-batches; empty between steps
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
     * Adds the gradients of a micro-batch. The moments that normalise it are those of the images of all ranks, so that
     * these learn as one with the whole batch would. Collective.
     *
     * @param features [B, D], of this rank's part; their manager takes the intermediate results
     * @param labels of the part
     * @param whole images of the micro-batch over all ranks
     */
    public void accumulate(NDArray features, int[] labels, int whole, World world) {
        NDArray normalized =
                world.size() == 1 ? kernels.normalize(features, running) : normalize(features, whole, world);
        accumulated++;
        if (labels.length == 0) {
            addNothing();
            return;
        }
        NDArray numbers = features.getManager().create(labels).toType(DataType.INT64, false);
        ProbeKernels.Gradients micro = kernels.gradients(normalized, numbers, parameters);
        NDList all = new NDList(micro.parameters());
        all.add(micro.losses());
        add(all, labels.length * (double) world.size() / whole);
    }

    /** As {@link ProbeKernels#normalize}, by the moments of all ranks' images. */
    private NDArray normalize(NDArray features, int whole, World world) {
        double share = (double) world.size() / whole;
        int[] images = {0};
        NDArray mean = features.sum(images).mul(share); // [D]
        world.allReduceMean(new NDList(mean));
        NDArray centred = features.sub(mean);
        NDArray var = centred.square().sum(images).mul(share);
        world.allReduceMean(new NDList(var));
        running.get(0).muli(1 - MOMENTUM).addi(mean.mul(MOMENTUM));
        running.get(1).muli(1 - MOMENTUM).addi(var.mul(MOMENTUM * whole / Math.max(1, whole - 1)));
        return centred.div(var.add(EPS).sqrt());
    }

    /** Not in place: what kernels return without gradients are inference tensors, which nothing may write to. */
    private void add(NDList micro, double weight) {
        for (int i = 0; i < micro.size(); i++) {
            NDArray weighted = micro.get(i).mul(weight);
            if (sums.size() <= i) {
                sums.add(weighted);
            } else {
                sums.get(i).addi(weighted);
            }
        }
        sums.attach(manager);
    }

    private void addNothing() {
        if (sums.isEmpty()) {
            sums.addAll(zerosLike(parameters));
            sums.add(manager.zeros(new Shape(heads)));
        }
    }

    /**
     * One LARS step with the mean of what was accumulated, over micro-batches and ranks. Collective.
     *
     * @param rates learning rate of every head
     * @return the loss of every head [K], the mean of all that was accumulated
     */
    public NDArray step(List<Double> rates, World world) {
        for (NDArray sum : sums) {
            sum.divi(accumulated);
        }
        world.allReduceMean(sums);
        float[] values = new float[heads];
        for (int i = 0; i < heads; i++) {
            values[i] = rates.get(i).floatValue();
        }
        try (NDArray lr = manager.create(values)) {
            kernels.lars(parameters, new NDList(sums.get(0), sums.get(1)), momenta, lr, lars);
        }
        NDArray losses = sums.get(2).duplicate();
        sums.close();
        sums.clear();
        accumulated = 0;
        return losses;
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
