package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import asl.config.ConfigException;
import asl.config.FinetuneConfig;
import asl.config.ResolvedConfig;
import asl.config.TrainPlan;
import asl.data.BatchLoader;
import asl.data.LabelledData;
import asl.distributed.World;
import asl.eval.OpenedClassifier;
import asl.log.MetricLog;
import asl.log.ProgressLine;
import asl.log.RunSummary;
import asl.ops.ClassifierKernels.Normalization;
import asl.ops.Engines;
import asl.train.RunFolder.Existing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A fine-tuning: makes the parts, goes on from a checkpoint if asked, and hands them to the loop. */
public final class Finetuning {
    private final FinetuneConfig asked;
    private final World world;
    private final RunFolder folder;

    public Finetuning(FinetuneConfig config, World world) {
        requireSupported(config);
        if (world.size() > 1 && config.augment().mixes() && config.train().batchSize() % 2 != 0) {
            throw new ConfigException("train.batch_size: " + config.train().batchSize()
                    + ": mixup and cutmix take images in pairs, so with several processes it must be even");
        }
        this.asked = config;
        this.world = world;
        this.folder = new RunFolder(config.outputDir(), world);
    }

    /** Refuses what the configuration knows and this version does not do, and a policy that cannot be read. */
    public static void requireSupported(FinetuneConfig config) {
        List<String> problems = new ArrayList<>();
        if (config.train().batchSize() == 0) {
            problems.add("train.batch_size: auto cannot be chosen for fine-tuning; give a number");
        }
        try {
            FinetuneParts.policy(config);
        } catch (IllegalArgumentException e) {
            problems.add("augment.rand_augment: " + e.getMessage());
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /**
     * How a run ended.
     *
     * @param finished false if it was stopped by a signal; it can be resumed
     * @param scores what was measured, in lines for people
     */
    public record Outcome(boolean finished, List<String> scores, RunSummary summary) {}

    /** Runs to the end, or until the process is asked to stop. */
    public Outcome run(Existing existing) throws IOException {
        Engines.Setup engine = world.together(() -> Engines.open(asked.engine(), world.localRank(), world.cores()));
        try (LabelledData data = world.together(
                        () -> LabelledData.open(asked.data(), asked.classifier().classes()));
                StopSignal stop = new StopSignal();
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                OpenedClassifier opened = world.together(() -> OpenedClassifier.toTrain(
                        manager, asked, data.classNames().size(), engine.precision()))) {
            FinetuneConfig config = completed(opened, data.classNames().size());
            world.together(
                    () -> folder.prepare(existing, ResolvedConfig.of(config).toYaml()));
            world.requireSameImages(data.train().size());
            Map<String, NDArray> trained = opened.classifier().trained();
            double decay = config.classifier().emaDecay();
            Optional<WeightAverage> average = decay > 0
                    ? Optional.of(new WeightAverage(manager, new NDList(List.copyOf(trained.values())), decay))
                    : Optional.empty();
            Map<String, ParamGroups.Group> groups = ParamGroups.layerwise(
                    Shapes.of(trained),
                    config.optim().weightDecay(),
                    config.classifier().layerDecay());
            double share = config.classifier().holdout();
            LabelledData sets = share > 0 ? data.setAside(share, config.seed()) : data;
            Sharding sharding = Sharding.of(config.dist(), world, trained.values());
            try (AdamW optimizer = new AdamW(manager, trained, groups, config.optim(), sharding)) {
                FinetuneLoop.Model model = new FinetuneLoop.Model(
                        manager, opened.classifier(), average, config.train().checkpointActivations());
                return train(
                        existing, new FinetuneParts(config, engine, world, data, sets, opened, model, optimizer), stop);
            } finally {
                average.ifPresent(WeightAverage::close);
            }
        }
    }

    private FinetuneConfig completed(OpenedClassifier opened, int classes) {
        Normalization pixels = opened.choice().pixels();
        return asked.completed(
                opened.choice().model(), asked.data().normalisedBy(pixels.mean(), pixels.std()), classes);
    }

    private Outcome train(Existing existing, FinetuneParts parts, StopSignal stop) throws IOException {
        FinetuneConfig config = parts.config();
        int images = parts.sets().train().size();
        TrainPlan plan = TrainPlan.of(config.train(), config.optim(), world.size(), images);
        RunState run = new RunState(
                folder.checkpoints(),
                config.checkpoint().keepLast(),
                RunState.identity(config.seed(), plan, images),
                parts.metadata());
        TrainingState state =
                new TrainingState(world, parts.model().manager(), run, parts.optimizer(), parts.weights(), parts.raw());
        List<String> notes = notes(parts, plan);
        long first = state.start(existing, notes);
        ProgressLine.Plan progress = new ProgressLine.Plan(first, plan.totalSteps(), plan.epochs());
        try (MetricLog log = folder.openLog(progress, config.log().tensorboard());
                BatchLoader batches = parts.openBatches(plan, first, log)) {
            for (String note : notes) {
                log.note(note);
            }
            EpochScores scores = new EpochScores(
                    new EpochScores.Run(folder, plan, log, parts.data().classNames()),
                    new EpochScores.Measured(
                            parts.model().manager(), parts.opened().classifier(), parts.weights()),
                    parts.scored(log),
                    new BestEpoch(folder.path("best"), parts.metadata()));
            scores.goOnFrom(first);
            StepEvents events = new StepEvents(
                    new StepEvents.Settings(List.of("loss"), config.log().everySteps(), config.checkpoint(), 1),
                    plan,
                    log,
                    actions(state, scores),
                    batches::waitedNanos);
            long start = System.nanoTime();
            long step = new TrainLoop(loop(parts, plan, batches), events, stop).run(first, task(parts, batches));
            if (step >= plan.totalSteps()) {
                scores.finish(step);
            }
            Ending ending = new Ending(plan, first, step, Duration.ofNanos(System.nanoTime() - start));
            return new Outcome(ending.finished(), scores.lines(), summary(ending, events));
        }
    }

    private static List<String> notes(FinetuneParts parts, TrainPlan plan) {
        List<String> notes = new ArrayList<>();
        notes.add(Engines.describe(parts.engine()) + "; " + parts.world().describe());
        notes.addAll(parts.opened().notes());
        notes.add("data         " + parts.sets().train().describe() + "; "
                + parts.data().classNames().size() + " classes");
        notes.add("measured on  " + parts.sets().val().describe());
        notes.add(plan.line());
        return notes;
    }

    private static TrainLoop.Parts loop(FinetuneParts parts, TrainPlan plan, BatchLoader batches) {
        return new TrainLoop.Parts(
                plan,
                parts.config().optim(),
                parts.config().train().accumIter(),
                batches.batchesPerEpoch(),
                parts.world(),
                parts.model().manager(),
                parts.optimizer(),
                parts.config().dist());
    }

    private static FinetuneLoop task(FinetuneParts parts, BatchLoader batches) {
        return new FinetuneLoop(
                parts.model(),
                new ClassifierInputs(parts.config(), parts.opened().kernels()),
                batches);
    }

    private static StepEvents.Actions actions(TrainingState state, EpochScores scores) {
        return new StepEvents.Actions() {
            @Override
            public void save(long step) throws IOException {
                state.save(step);
            }

            @Override
            public void look(long step) throws IOException {
                scores.measure(step);
            }
        };
    }

    private RunSummary summary(Ending ending, StepEvents events) {
        Path best = folder.path("best");
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("best epoch", best);
        files.put("results", folder.path("results.json"));
        files.put("metrics", folder.path("metrics.jsonl"));
        return ending.summary(
                folder, events, files, Map.of("classify images", "asl predict --checkpoint " + best + " IMAGES"));
    }
}
