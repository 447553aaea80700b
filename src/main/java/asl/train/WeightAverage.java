package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * An exponential moving average of the weights: {@code average = decay * average + (1 - decay) * weight} after every step.
 * In the first steps the decay is lower, (1 + step) / (10 + step), so that the initial weights are soon forgotten.
 */
public final class WeightAverage implements AutoCloseable {
    private final NDManager manager;
    private final double decay;
    private final NDList averages = new NDList();

    /** Starts from the weights as they are. */
    public WeightAverage(NDManager parent, NDList weights, double decay) {
        this.manager = parent.newSubManager();
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
    public void update(NDList weights, long step) {
        double now = Math.min(decay, (1.0 + step) / (10.0 + step));
        for (int i = 0; i < averages.size(); i++) {
            try (NDArray part = weights.get(i).stopGradient().mul(1 - now)) {
                averages.get(i).muli(now).addi(part);
            }
        }
    }

    /** The averages, in the order of the weights: what is measured and exported. */
    public NDList weights() {
        return averages;
    }

    @Override
    public void close() {
        manager.close();
    }
}
