package asl.train;

import ai.djl.ndarray.NDManager;
import asl.config.ResolvedConfig;
import asl.config.RunConfig;
import asl.config.RunConfig.DataConfig;
import asl.config.TrainPlan;
import asl.data.BatchLoader;
import asl.data.ImageSource;
import asl.data.SampleTransform;
import asl.data.ShardedSampler;
import asl.data.Sources;
import asl.data.image.Augmentation;
import asl.distributed.World;
import asl.log.MetricLog;
import asl.log.ProgressLine;
import asl.log.RunSummary;
import asl.method.DualBranch;
import asl.method.PretrainMethod;
import asl.ops.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A pre-training run: makes the parts, goes on from a checkpoint if asked, and hands them to the loop. */
public final class Pretraining {
    private final ResolvedConfig<RunConfig> resolved;
    private final RunConfig config;
    private final World world;
    private final RunFolder folder;

    /** @param resolved with a batch size that is known: {@link BatchFinder} finds one */
    public Pretraining(ResolvedConfig<RunConfig> resolved, World world) {
        this.resolved = resolved;
        this.config = resolved.config();
        this.world = world;
        this.folder = new RunFolder(config.outputDir(), world);
    }

    /**
     * How a run ended.
     *
     * @param finished false if it was stopped by a signal; it can be resumed
     */
    public record Outcome(long step, boolean finished, RunSummary summary) {}

    /** Runs to the end, or until the process is asked to stop. */
    public Outcome run(RunFolder.Existing existing) throws IOException {
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        world.together(() -> folder.prepare(existing, resolved.toYaml()));
        try (ImageSource source = world.together(() -> Sources.open(config.data()));
                StopSignal stop = new StopSignal();
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                PretrainMethod method = new DualBranch(manager, config, engine.precision());
                AdamW optimizer = new AdamW(
                        manager,
                        method.trained(),
                        ParamGroups.uniform(
                                Shapes.of(method.trained()), config.optim().weightDecay()),
                        config.optim(),
                        Sharding.of(config.dist(), world, method.trained().values()))) {
            world.requireSameImages(source.size());
            TrainPlan plan = TrainPlan.of(config.train(), config.optim(), world.size(), source.size());
            RunState run = new RunState(
                    folder.checkpoints(),
                    config.checkpoint().keepLast(),
                    RunState.identity(config.seed(), plan, source.size()),
                    Map.of("config", resolved.toYaml()));
            TrainingState state = new TrainingState(world, manager, run, optimizer, method.weights(), Map.of());
            List<String> notes = new ArrayList<>(List.of(
                    Engines.describe(engine) + "; " + world.describe(),
                    "data         " + source.describe(),
                    plan.line()));
            long first = state.start(existing, notes);
            ProgressLine.Plan progress = new ProgressLine.Plan(first, plan.totalSteps(), plan.epochs());
            try (MetricLog log = folder.openLog(progress, config.log().tensorboard());
                    Looks looks = Looks.open(config, plan, new Looks.Parts(world, manager, engine, log));
                    BatchLoader batches = openBatches(source, plan, first, engine.threads(), log)) {
                for (String note : notes) {
                    log.note(note);
                }
                TrainLoop.Parts parts = new TrainLoop.Parts(
                        plan,
                        config.optim(),
                        config.train().accumIter(),
                        batches.batchesPerEpoch(),
                        world,
                        manager,
                        optimizer,
                        config.dist());
                Pictures pictures = new Pictures(config, source, method, folder.path("images"));
                looks.add(
                        config.log().imagesEveryEpochs(),
                        done -> log.image("reconstruction", done, pictures.write(manager, done)));
                looks.addEvaluation(method);
                StepEvents.Settings settings = new StepEvents.Settings(
                        List.of("loss", "loss_mae", "loss_sem"),
                        config.log().everySteps(),
                        config.checkpoint(),
                        looks.everyEpochs());
                StepEvents.Actions actions = actions(state::save, looks::look);
                StepEvents events = new StepEvents(settings, plan, log, actions, batches::waitedNanos);
                long start = System.nanoTime();
                long step = new TrainLoop(parts, events, stop)
                        .run(first, new PretrainLoop(config, manager, method, batches));
                noteBadImages(batches, log);
                Ending ending = new Ending(plan, first, step, Duration.ofNanos(System.nanoTime() - start));
                return new Outcome(step, ending.finished(), summary(ending, events));
            }
        }
    }

    private void noteBadImages(BatchLoader batches, MetricLog log) throws IOException {
        double bad = world.allReduceSum(batches.badImages())[0];
        if (bad > 0) {
            log.note(String.format(Locale.ROOT, "%.0f images that could not be read were skipped", bad));
        }
    }

    private StepEvents.Actions actions(Looks.AtStep save, Looks.AtStep look) {
        boolean writes = world.rank() == 0;
        return new StepEvents.Actions() {
            @Override
            public void save(long step) throws IOException {
                save.run(step);
            }

            @Override
            public void look(long step) throws IOException {
                if (writes) {
                    look.run(step);
                }
            }
        };
    }

    private BatchLoader openBatches(ImageSource source, TrainPlan plan, long first, int threads, MetricLog log) {
        DataConfig data = config.data();
        int batchSize = config.train().batchSize();
        ShardedSampler sampler = new ShardedSampler(
                source,
                new ShardedSampler.Shuffle(config.seed(), data.shuffleWindow()),
                batchSize,
                new ShardedSampler.Place(world.rank(), world.size()),
                config.train().dropLast());
        int workers = data.workers() > 0 ? data.workers() : Math.max(1, threads);
        BatchLoader.Options options =
                new BatchLoader.Options(config.seed(), batchSize, workers, data.prefetch(), data.maxBadShare());
        long position = TrainLoop.batchesBefore(
                first, plan, sampler.batchesPerEpoch(), config.train().accumIter());
        return new BatchLoader(
                source,
                sampler,
                SampleTransform.of(Augmentation.of(config)),
                options,
                position,
                Notes.ofRank(world, log)::add);
    }

    private RunSummary summary(Ending ending, StepEvents events) {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("metrics", folder.path("metrics.jsonl"));
        files.put("images", folder.path("images"));
        Map<String, String> next = new LinkedHashMap<>();
        next.put("see what it makes of images", folder.path("images") + ", from step-00000000.png on");
        next.put("curves", "tensorboard --logdir " + folder.path("tensorboard"));
        return ending.summary(folder, events, files, next);
    }
}
