package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.RunConfig;
import asl.config.TrainPlan;
import asl.distributed.World;
import asl.log.MetricLog;
import asl.log.StepMetrics;
import asl.method.PretrainMethod;
import asl.ops.Engines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The looks at what was learned so far, each at its own epochs, before the first step and after the last: of rank 0. */
final class Looks implements AutoCloseable {
    private final RunConfig config;
    private final TrainPlan plan;
    private final MetricLog log;
    private final Optional<OnlineEvaluation> evaluation;
    private final List<Look> looks = new ArrayList<>();

    /** Something done at a step by rank 0. */
    interface AtStep {
        void run(long step) throws IOException;
    }

    /** What looks work with; whoever made it closes it. */
    record Parts(World world, NDManager manager, Engines.Setup engine, MetricLog log) {}

    private record Look(int everyEpochs, AtStep action) {}

    private Looks(RunConfig config, TrainPlan plan, MetricLog log, Optional<OnlineEvaluation> evaluation) {
        this.config = config;
        this.plan = plan;
        this.log = log;
        this.evaluation = evaluation;
    }

    /** Opens the labelled set of the online evaluation, if it is on. */
    static Looks open(RunConfig config, TrainPlan plan, Parts parts) throws IOException {
        boolean evaluates = config.onlineEval().everyEpochs() > 0;
        Optional<OnlineEvaluation> evaluation = parts.world()
                .together(() -> evaluates && parts.world().rank() == 0
                        ? Optional.of(new OnlineEvaluation(
                                config, parts.manager(), parts.engine(), new Notes(parts.log())::add))
                        : Optional.empty());
        return new Looks(config, plan, parts.log(), evaluation);
    }

    /** @param everyEpochs 0 = never */
    void add(int everyEpochs, AtStep action) {
        if (everyEpochs > 0) {
            looks.add(new Look(everyEpochs, action));
        }
    }

    /** The online evaluation of what a method has learned, if it is on; its figures go to the log. */
    void addEvaluation(PretrainMethod method) {
        evaluation.ifPresent(open -> add(
                config.onlineEval().everyEpochs(),
                step -> log.metrics(
                        new StepMetrics(step, step / (double) plan.stepsPerEpoch(), open.measure(method.weights())))));
    }

    /** How often {@link #look} must be called so that every look has its turn; 0 = never. */
    int everyEpochs() {
        return looks.stream().mapToInt(Look::everyEpochs).reduce(0, Looks::commonDivisor);
    }

    private static int commonDivisor(int a, int b) {
        return b == 0 ? a : commonDivisor(b, a % b);
    }

    /** Does what is due. */
    void look(long step) throws IOException {
        for (Look look : looks) {
            if (step == plan.totalSteps() || step % (plan.stepsPerEpoch() * look.everyEpochs()) == 0) {
                look.action().run(step);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (evaluation.isPresent()) {
            evaluation.get().close();
        }
    }
}
