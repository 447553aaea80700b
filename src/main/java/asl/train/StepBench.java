package asl.train;

import ai.djl.ndarray.NDManager;
import asl.train.StepTimes.Phases;
import java.util.ArrayList;
import java.util.List;

/** Steps of several kinds in turn, so that whatever else the machine does meets all of them alike. */
public final class StepBench {
    /** Memory pools and threads are as they will be after so many. */
    private static final int WARM_UP = 2;

    private StepBench() {}

    /** One kind of step. */
    public interface Candidate extends AutoCloseable {
        StepTimes.Subject subject();

        /** Takes one step; on a GPU it waits for the device after every phase. */
        Phases step(NDManager manager);

        @Override
        void close();
    }

    /** Measures {@code rounds} steps of each, after a few that do not count. */
    public static List<StepTimes> run(NDManager manager, List<? extends Candidate> candidates, int rounds) {
        List<List<Phases>> steps = new ArrayList<>();
        candidates.forEach(any -> steps.add(new ArrayList<>()));
        for (int round = -WARM_UP; round < rounds; round++) {
            for (int i = 0; i < candidates.size(); i++) {
                Phases phases = candidates.get(i).step(manager);
                if (round >= 0) {
                    steps.get(i).add(phases);
                }
            }
        }
        List<StepTimes> times = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            times.add(new StepTimes(candidates.get(i).subject(), List.copyOf(steps.get(i))));
        }
        return times;
    }
}
