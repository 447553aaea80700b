package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.RunConfig.OptimConfig;
import asl.distributed.World;
import asl.ops.OptimizerKernels;
import asl.train.ParamGroups.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

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
    private final Sharding sharding;
    private final Map<Integer, NDArray> m = new LinkedHashMap<>(); // of the parameters that this rank moves
    private final Map<Integer, NDArray> v = new LinkedHashMap<>();
    private final NDArray taken;
    private final Map<Group, int[]> groups = new LinkedHashMap<>();

    /**
     * Starts with moments of 0.
     *
     * @param trained the parameters; their order is that of the gradients
     */
    public AdamW(NDManager parent, Map<String, NDArray> trained, Map<String, Group> groupOf, OptimConfig config) {
        this(parent, trained, groupOf, config, Sharding.none(World.single()));
    }

    /** The same where each rank may keep the state of its share alone. */
    public AdamW(
            NDManager parent,
            Map<String, NDArray> trained,
            Map<String, Group> groupOf,
            OptimConfig config,
            Sharding sharding) {
        this.manager = parent.newSubManager();
        this.kernels = new OptimizerKernels(manager);
        this.config = config;
        this.sharding = sharding;
        this.names = List.copyOf(trained.keySet());
        this.weights = new NDList(List.copyOf(trained.values()));
        this.taken = manager.create(0f);
        Map<Group, List<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Group group = groupOf.get(names.get(i));
            if (group == null) {
                throw new IllegalArgumentException(names.get(i) + " is in no group");
            }
            if (sharding.mine(i)) {
                m.put(i, manager.zeros(weights.get(i).getShape()));
                v.put(i, manager.zeros(weights.get(i).getShape()));
                members.computeIfAbsent(group, any -> new ArrayList<>()).add(i);
            }
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
     * One step in place; where the ranks share the work, collective.
     *
     * @param gradients in the order of the parameters
     * @param skip 1 = leave everything as it is; a scalar on the device, so that nobody waits for it
     */
    public void step(NDManager results, NDList gradients, NDArray skip, double lr) {
        kernels.count(results, taken, skip);
        groups.forEach((group, indices) -> kernels.adamw(
                results,
                new OptimizerKernels.State(
                        pick(weights::get, indices),
                        pick(gradients::get, indices),
                        pick(m::get, indices),
                        pick(v::get, indices)),
                taken,
                skip,
                new OptimizerKernels.AdamW(
                        lr * group.lrScale(), config.beta1(), config.beta2(), config.eps(), group.weightDecay())));
        sharding.exchange(weights);
    }

    private static NDList pick(IntFunction<NDArray> arrays, int[] indices) {
        NDList picked = new NDList(indices.length);
        for (int i : indices) {
            picked.add(arrays.apply(i));
        }
        return picked;
    }

    /** Everything that a resume needs, by name: of all parameters, unless the ranks share them. */
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        state.put("step", taken);
        m.forEach((i, array) -> {
            state.put("m." + names.get(i), array);
            state.put("v." + names.get(i), v.get(i));
        });
        return state;
    }

    /** What is done with one array of the state. */
    private interface Visit {
        void moment(String name, int parameter, @Nullable NDArray own);
    }

    private void forEachMoment(Visit visit) {
        for (int i = 0; i < names.size(); i++) {
            visit.moment("m." + names.get(i), i, m.get(i));
            visit.moment("v." + names.get(i), i, v.get(i));
        }
    }

    /**
     * {@link #state} of all parameters, with room for that of the others, to be read into on rank 0.
     *
     * @param holder owns that room
     */
    Map<String, NDArray> room(NDManager holder) {
        Map<String, NDArray> room = new LinkedHashMap<>(Map.of("step", taken));
        forEachMoment((name, i, own) ->
                room.put(name, own != null ? own : holder.zeros(weights.get(i).getShape())));
        return room;
    }

    /**
     * {@link #state} of all parameters on rank 0; on others of no use. Collective.
     *
     * @param holder owns what comes from other ranks
     */
    Map<String, NDArray> gather(NDManager holder) {
        if (!sharding.divided()) {
            return state();
        }
        World world = sharding.world();
        Map<String, NDArray> whole = new LinkedHashMap<>(Map.of("step", taken));
        forEachMoment((name, i, own) -> {
            NDArray array = own != null ? own : holder.zeros(weights.get(i).getShape());
            world.broadcast(new NDList(array), sharding.owner(i));
            whole.put(name, array);
            if (world.rank() != 0 && own == null) {
                array.close(); // one at a time: no other rank has room for all
            }
        });
        return whole;
    }

    /**
     * Gives every rank its part of what rank 0 has read. Collective.
     *
     * @param room as {@link #room} made it, on rank 0
     */
    void scatter(Map<String, NDArray> room, NDManager holder) {
        World world = sharding.world();
        world.broadcast(new NDList(taken), 0);
        forEachMoment((name, i, own) -> {
            NDArray read = room.get(name);
            NDArray array = read != null
                    ? read
                    : own != null ? own : holder.zeros(weights.get(i).getShape());
            world.broadcast(new NDList(array), 0);
            if (read == null && own == null) {
                array.close();
            }
        });
    }

    @Override
    public void close() {
        kernels.close();
        manager.close();
    }
}
