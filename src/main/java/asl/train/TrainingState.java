package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.distributed.World;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a training goes on from: weights, the optimizer, and what else changes with the steps. Rank 0 reads and writes it
 * whole, however the ranks share the optimizer's state.
 *
 * @param weights by name, as they are exported
 * @param more by name, the same on all ranks; under other names than the optimizer's state
 */
record TrainingState(
        World world,
        NDManager manager,
        RunState run,
        AdamW optimizer,
        Map<String, NDArray> weights,
        Map<String, NDArray> more) {
    /**
     * Gives all ranks the same to start from: what rank 0 has drawn, or what it reads from the newest checkpoint.
     * Collective.
     *
     * @param notes told where the run goes on
     * @return the steps done
     */
    long start(RunFolder.Existing existing, List<String> notes) throws IOException {
        long read = existing == RunFolder.Existing.RESUME ? resume(notes) : 0;
        return RankStart.alike(world, read, List.of(weights, more));
    }

    private long resume(List<String> notes) throws IOException {
        try (NDManager holder = manager.newSubManager()) {
            Map<String, NDArray> room = world.rank() == 0 ? optimizer.room(holder) : Map.of();
            Map<String, NDArray> state = new LinkedHashMap<>(room);
            state.putAll(more);
            long read = world.together(() -> world.rank() == 0 ? run.restore(manager, weights, state, notes) : 0L);
            optimizer.scatter(room, holder);
            return read;
        }
    }

    /** Rank 0 writes a checkpoint; the others wait, so that none is ahead of what a resume would go on from. Collective. */
    void save(long step) throws IOException {
        try (NDManager holder = manager.newSubManager()) {
            Map<String, NDArray> whole = new LinkedHashMap<>(optimizer.gather(holder));
            whole.putAll(more);
            if (world.rank() == 0) {
                run.save(step, weights, whole);
            }
            world.barrier();
        }
    }
}
