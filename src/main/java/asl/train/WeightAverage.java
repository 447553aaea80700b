package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.ops.OptimizerKernels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An exponential moving average of the weights: {@code average = decay * average + (1 - decay) * weight} after every step.
 * In the first steps the decay is lower, (1 + step) / (10 + step), so that the initial weights are soon forgotten.
 */
public final class WeightAverage implements AutoCloseable {
    private final NDManager manager;
    private final OptimizerKernels kernels;
    private final double decay;
    private final NDList averages = new NDList();

    /** Starts from the weights as they are. */
    public WeightAverage(NDManager parent, NDList weights, double decay) {
        this.manager = parent.newSubManager();
        this.kernels = new OptimizerKernels(manager);
        this.decay = decay;
        for (NDArray weight : weights) {
            NDArray copy = weight.duplicate();
            copy.attach(manager);
            averages.add(copy);
        }
    }

    /**
     * Takes in the weights after a step.
     *
     * @param step steps done, counted from 1
     */
    public void update(NDManager results, NDList weights, long step) {
        double now = Math.min(decay, (1.0 + step) / (10.0 + step));
        kernels.scale(results, averages, now);
        kernels.accumulate(results, averages, weights, 1 - now);
    }

    /** The averages, in the order of the weights: what is measured and exported. */
    public NDList weights() {
        return averages;
    }

    /** The averages under the names of the weights. */
    Map<String, NDArray> named(Map<String, NDArray> weights) {
        Map<String, NDArray> named = new LinkedHashMap<>();
        weights.keySet().forEach(name -> named.put(name, averages.get(named.size())));
        return named;
    }

    @Override
    public void close() {
        kernels.close();
        manager.close();
    }
}
