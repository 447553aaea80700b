package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.RunConfig.OptimConfig;
import asl.ops.OptimizerKernels;
import asl.train.ParamGroups.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter) over groups of parameters, one kernel call a group. DJL's own has one weight decay for all,
 * puts eps elsewhere than PyTorch and keeps its state to itself; a resume needs it.
 */
public final class AdamW implements AutoCloseable {
    private final NDManager manager;
    private final OptimizerKernels kernels;
    private final OptimConfig config;
    private final List<String> names;
    private final NDList weights;
    private final NDList m = new NDList();
    private final NDList v = new NDList();
    private final NDArray taken;
    private final Map<Group, int[]> groups = new LinkedHashMap<>();

    /**
     * Starts with moments of 0.
     *
     * @param trained the parameters; their order is that of the gradients
     */
    public AdamW(NDManager parent, Map<String, NDArray> trained, Map<String, Group> groupOf, OptimConfig config) {
        this.manager = parent.newSubManager();
        this.kernels = new OptimizerKernels(manager);
        this.config = config;
        this.names = List.copyOf(trained.keySet());
        this.weights = new NDList(List.copyOf(trained.values()));
        for (NDArray weight : weights) {
            m.add(manager.zeros(weight.getShape()));
            v.add(manager.zeros(weight.getShape()));
        }
        this.taken = manager.create(0f);
        Map<Group, List<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Group group = groupOf.get(names.get(i));
            if (group == null) {
                throw new IllegalArgumentException(names.get(i) + " is in no group");
            }
            members.computeIfAbsent(group, any -> new ArrayList<>()).add(i);
        }
        members.forEach((group, indices) ->
                groups.put(group, indices.stream().mapToInt(i -> i).toArray()));
    }

    /** The parameters, in the order of the gradients. */
    NDList weights() {
        return weights;
    }

    OptimizerKernels kernels() {
        return kernels;
    }

    /**
     * One step in place.
     *
     * @param gradients in the order of the parameters
     * @param skip 1 = leave everything as it is; a scalar on the device, so that nobody waits for it
     */
    public void step(NDManager results, NDList gradients, NDArray skip, double lr) {
        kernels.count(results, taken, skip);
        groups.forEach((group, indices) -> kernels.adamw(
                results,
                new OptimizerKernels.State(
                        pick(weights, indices), pick(gradients, indices), pick(m, indices), pick(v, indices)),
                taken,
                skip,
                new OptimizerKernels.AdamW(
                        lr * group.lrScale(), config.beta1(), config.beta2(), config.eps(), group.weightDecay())));
    }

    private static NDList pick(NDList arrays, int[] indices) {
        NDList picked = new NDList(indices.length);
        for (int i : indices) {
            picked.add(arrays.get(i));
        }
        return picked;
    }

    /** Everything that a resume needs, by name. */
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        state.put("step", taken);
        for (int i = 0; i < names.size(); i++) {
            state.put("m." + names.get(i), m.get(i));
            state.put("v." + names.get(i), v.get(i));
        }
        return state;
    }

    @Override
    public void close() {
        kernels.close();
        manager.close();
    }
}
