package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
import asl.data.image.RandomResizedCrop;
import asl.distributed.World;
import asl.log.MetricLog;
import asl.log.ProgressLine;
import asl.log.RunSummary;
import asl.method.DualBranch;
import asl.method.PretrainMethod;
import asl.ops.Engines;
import java.io.IOException;
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
                        sharding(method))) {
            RankStart.requireSameSize(world, source);
            TrainPlan plan = TrainPlan.of(config.train(), config.optim(), world.size(), source.size());
            RunState state = new RunState(
                    folder.checkpoints(),
                    config.checkpoint().keepLast(),
                    RunState.identity(config.seed(), plan, source.size()),
                    Map.of("config", resolved.toYaml()));
            List<String> notes = new ArrayList<>(List.of(
                    Engines.describe(engine) + "; " + world.describe(),
                    "data         " + source.describe(),
                    plan.line()));
            long first = existing == RunFolder.Existing.RESUME ? resume(manager, state, method, optimizer, notes) : 0;
            world.broadcast(new NDList(List.copyOf(method.weights().values())), 0);
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
                StepEvents.Actions actions =
                        actions(done -> save(manager, state, done, method, optimizer), looks::look);
                StepEvents events = new StepEvents(settings, plan, log, actions, batches::waitedNanos);
                long start = System.nanoTime();
                long step = new TrainLoop(parts, events, stop)
                        .run(first, new PretrainLoop(config, manager, method, batches));
                noteBadImages(batches, log);
                Duration time = Duration.ofNanos(System.nanoTime() - start);
                return new Outcome(step, step >= plan.totalSteps(), summary(plan, first, step, time, events));
            }
        }
    }

    private Sharding sharding(PretrainMethod method) {
        return config.dist().shardOptimizer()
                ? Sharding.of(world, List.copyOf(method.trained().values()))
                : Sharding.none(world);
    }

    /** Rank 0 reads the newest checkpoint and gives the optimizer's state to the others; returns its step. */
    private long resume(NDManager manager, RunState state, PretrainMethod method, AdamW optimizer, List<String> notes)
            throws IOException {
        try (NDManager holder = manager.newSubManager()) {
            Map<String, NDArray> room = world.rank() == 0 ? optimizer.room(holder) : Map.of();
            long first = world.together(
                    () -> world.rank() == 0 ? state.restore(manager, method.weights(), room, notes) : 0L);
            optimizer.scatter(room, holder);
            return (long) world.allReduceMax((double) first)[0];
        }
    }

    /** Rank 0 writes a checkpoint; the others wait, so that none is ahead of what a resume would go on from. */
    private void save(NDManager manager, RunState state, long step, PretrainMethod method, AdamW optimizer)
            throws IOException {
        try (NDManager holder = manager.newSubManager()) {
            Map<String, NDArray> whole = optimizer.gather(holder);
            if (world.rank() == 0) {
                state.save(step, method.weights(), whole);
            }
            world.barrier();
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
        MetricLog told = world.rank() == 0 ? log : MetricLog.ofRank(world.rank()); // each rank knows of its own images
        DataConfig data = config.data();
        int batchSize = config.train().batchSize();
        ShardedSampler sampler = new ShardedSampler(
                source,
                new ShardedSampler.Shuffle(config.seed(), data.shuffleWindow()),
                batchSize,
                new ShardedSampler.Place(world.rank(), world.size()),
                config.train().dropLast());
        Augmentation augmentation = new Augmentation(
                new RandomResizedCrop(
                        data.cropScaleMin(), data.cropScaleMax(), data.cropRatioMin(), data.cropRatioMax()),
                config.model().imageSize(),
                config.model().channels(),
                data.hflip());
        int workers = data.workers() > 0 ? data.workers() : Math.max(1, threads);
        BatchLoader.Options options =
                new BatchLoader.Options(config.seed(), batchSize, workers, data.prefetch(), data.maxBadShare());
        long position = TrainLoop.batchesBefore(
                first, plan, sampler.batchesPerEpoch(), config.train().accumIter());
        return new BatchLoader(
                source, sampler, SampleTransform.of(augmentation), options, position, new Notes(told)::add);
    }

    private RunSummary summary(TrainPlan plan, long first, long step, Duration time, StepEvents events) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(
                "weights",
                folder.checkpoints().path(step).resolve(Checkpoint.MODEL).toString());
        files.put("metrics", folder.path("metrics.jsonl").toString());
        files.put("images", folder.path("images").toString());
        Map<String, String> next = new LinkedHashMap<>();
        boolean finished = step >= plan.totalSteps();
        if (finished) {
            next.put("see what it makes of images", folder.path("images") + ", from step-00000000.png on");
            next.put("curves", "tensorboard --logdir " + folder.path("tensorboard"));
        } else {
            next.put("go on", "the same command with --resume");
        }
        String headline = String.format(
                Locale.ROOT,
                "%s: %d of %d steps, peak memory %.0f MiB,",
                finished ? "Done" : "Stopped",
                step,
                plan.totalSteps(),
                ProcessMemory.peakMib());
        double images = (step - first) * (double) plan.effectiveBatch();
        return new RunSummary(
                headline, time, images / Math.max(1e-9, time.toNanos() / 1e9), events.changes(), files, next);
    }
}
