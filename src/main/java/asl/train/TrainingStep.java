package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.RunConfig;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.Precision;
import asl.distributed.World;
import asl.method.DualBranch;
import asl.method.PretrainMethod;
import asl.method.PretrainMethod.GradientSink;
import asl.method.PretrainMethod.Inputs;
import asl.method.PretrainMethod.Losses;
import asl.model.ModelSummary;
import asl.random.RandomStream;
import asl.train.StepTimes.Phases;
import asl.train.StepTimes.Subject;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** A pre-training step as {@link TrainLoop} takes it, on random images that lie ready, with a clock beside it. */
public final class TrainingStep implements StepBench.Candidate {
    private final RunConfig config;
    private final Precision precision;
    private final PretrainMethod method;
    private final AdamW optimizer;
    private final World world = World.single();
    private final ByteBuffer pixels;
    private final List<Long> samples;
    private int taken;

    /**
     * Makes model and optimizer; their arrays belong to the manager.
     *
     * @param config with a batch size that is known, so not {@code auto}
     */
    public TrainingStep(NDManager manager, RunConfig config, Precision precision) {
        this.config = config;
        this.precision = precision;
        this.method = new DualBranch(manager, config, precision);
        this.optimizer = new AdamW(
                manager,
                method.trained(),
                ParamGroups.uniform(Shapes.of(method.trained()), config.optim().weightDecay()),
                config.optim());
        ModelConfig model = config.model();
        this.pixels = ByteBuffer.allocateDirect(batch() * model.patches() * model.patchDim());
        RandomStream random = RandomStream.of(config.seed(), RandomStream.Purpose.ENGINE);
        while (pixels.hasRemaining()) {
            pixels.put((byte) random.nextInt(256));
        }
        this.samples = LongStream.range(0, batch()).boxed().toList();
    }

    @Override
    public Subject subject() {
        double flops =
                batch() * ModelSummary.of(config, precision, batch()).actual().training();
        return new Subject(config.method().branch().name().toLowerCase(Locale.ROOT), precision, batch(), flops);
    }

    private int batch() {
        return config.train().batchSize();
    }

    @Override
    public Phases step(NDManager manager) {
        Stopwatch watch = new Stopwatch();
        long rest;
        long forward;
        long backward;
        long update;
        try (NDManager step = manager.newSubManager();
                OptimizerStep.Sum sum =
                        new OptimizerStep(optimizer, world, config.optim().clipGrad()).begin(step, 1)) {
            try (NDManager results = manager.newSubManager()) {
                Inputs inputs = PretrainInputs.upload(results, config, pixels.rewind(), samples, taken++);
                rest = watch.lap();
                GradientSink sink = (part, gradients) -> sum.add(results, part, gradients, 1);
                Losses losses;
                if (config.train().checkpointActivations()) {
                    forward = 0; // goes into one call with backward, which runs it again
                    losses = method.passes(results, inputs, sink);
                } else {
                    losses = method.forward(results, inputs);
                    forward = watch.lap(losses.loss());
                    method.backward(results, losses, sink);
                }
                backward = watch.lap(losses.loss());
                sum.addLosses(results, losses.figures(), 1);
            }
            rest += watch.lap();
            NDArray loss = sum.finish(config.optim().blr()).head();
            update = watch.lap(loss);
        }
        return new Phases(forward, backward, update, rest + watch.lap());
    }

    @Override
    public void close() {
        optimizer.close();
        method.close();
        world.close();
    }
}
