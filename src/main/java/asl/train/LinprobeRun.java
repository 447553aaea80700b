package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import asl.config.LinprobeConfig;
import asl.config.LinprobeConfig.ProbeConfig;
import asl.config.ResolvedConfig;
import asl.data.LabelledData;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.eval.FrozenFeatures;
import asl.log.MetricLog;
import asl.log.ProgressLine;
import asl.ops.Engines;
import asl.train.HeadScores.Pooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A linear probe from weights and labelled images to a table of heads. Ranks share the images out: each computes the
 * features of its share, trains on its part of every batch, and scores its part of the rest; what comes out is what one
 * process with the whole batch gives, but for the order of sums.
 */
public final class LinprobeRun {
    private final ResolvedConfig<LinprobeConfig> resolved;
    private final LinprobeConfig config;
    private final World world;
    private final RunFolder folder;

    public LinprobeRun(ResolvedConfig<LinprobeConfig> resolved, World world) {
        this.resolved = resolved;
        this.config = resolved.config();
        this.world = world;
        this.folder = new RunFolder(config.outputDir(), world);
    }

    /**
     * How a run ended.
     *
     * @param finished false if it was stopped by a signal; it can be resumed
     * @param lines what came out of it, for people
     */
    public record Outcome(boolean finished, List<String> lines) {}

    /** Runs to the end, or until the process is asked to stop. */
    public Outcome run(RunFolder.Existing existing) throws IOException {
        Engines.Setup engine = world.together(() -> Engines.open(config.engine(), world.localRank(), world.cores()));
        try (LabelledData data = world.together(
                        () -> LabelledData.open(config.data(), config.probe().classes()));
                StopSignal stop = new StopSignal();
                NDManager manager = NDManager.newBaseManager(engine.device(), "PyTorch");
                FrozenFeatures frozen = world.together(
                        () -> FrozenFeatures.open(manager, FrozenFeatures.Asked.of(config), engine.precision()))) {
            world.together(() -> folder.prepare(existing, resolved.toYaml()));
            world.requireSameImages(data.train().size());
            try (MetricLog early =
                    world.rank() == 0 ? new ProgressLine(new ProgressLine.Plan(0, 0, 0)) : MetricLog.none()) {
                early.note(Engines.describe(engine) + "; " + world.describe());
                early.note("training     " + data.train().describe());
                early.note("validation   " + data.val().describe());
                for (String note : frozen.notes()) {
                    early.note(note);
                }
                ProbeSets.Parts parts =
                        new ProbeSets.Parts(config, data, frozen, manager, world, Notes.ofRank(world, early)::add);
                try (ProbeSets sets = ProbeSets.open(parts, engine.threads())) {
                    return train(parts, sets, stop, existing);
                }
            }
        }
    }

    private Outcome train(ProbeSets.Parts parts, ProbeSets sets, StopSignal stop, RunFolder.Existing existing)
            throws IOException {
        ProbeConfig settings = config.probe();
        int classes = parts.data().classNames().size();
        LinearProbe.Plan plan = new LinearProbe.Plan(
                parts.pools(),
                config.optim(),
                settings.epochs(),
                sets.batchSize(),
                settings.accumIter(),
                config.seed());
        ProbeHeads.Size size = new ProbeHeads.Size(parts.frozen().features().width(), classes);
        try (LinearProbe probe = new LinearProbe(new LinearProbe.Place(parts.manager(), world), size, plan)) {
            int stepsPerEpoch = probe.stepsPerEpoch(sets.training());
            long total = (long) stepsPerEpoch * settings.epochs();
            RunState state = new RunState(
                    folder.checkpoints(),
                    config.checkpoint().keepLast(),
                    identity(parts, sets, stepsPerEpoch),
                    Map.of("config", resolved.toYaml()));
            List<String> notes = new ArrayList<>();
            notes.add("schedule     " + stepsPerEpoch + " steps per epoch, " + total + " in all, batch "
                    + (long) sets.batchSize() * settings.accumIter() + " of " + sets.images()
                    + " images");
            long first = existing == RunFolder.Existing.RESUME
                    ? restore(parts.manager(), probe, state, stepsPerEpoch, notes)
                    : 0;
            ProgressLine.Plan progress = new ProgressLine.Plan(first, total, settings.epochs());
            try (MetricLog log = folder.openLog(progress, config.log().tensorboard())) {
                for (String note : notes) {
                    log.note(note);
                }
                ProbeEvents events = new ProbeEvents(
                        config,
                        new ProbeEvents.Parts(probe, sets.training(), log, state, parts.manager(), world, stop),
                        sets.batchSize(),
                        first);
                long step = probe.train(first, sets.training(), sets.selection(), events);
                return step < total
                        ? new Outcome(
                                false,
                                List.of("Stopped at step " + step + " of " + total
                                        + "; the same command with --resume goes on"))
                        : report(parts, sets, probe.results());
            }
        }
    }

    /** What must be the same for a resume to go on as if nothing had happened. */
    private Map<String, String> identity(ProbeSets.Parts parts, ProbeSets sets, int stepsPerEpoch) {
        ProbeConfig settings = config.probe();
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("seed", Long.toString(config.seed()));
        identity.put("features", parts.frozen().features().identity());
        identity.put("images", Integer.toString(sets.images()));
        identity.put("effective batch", Long.toString((long) sets.batchSize() * settings.accumIter()));
        identity.put("steps per epoch", Integer.toString(stepsPerEpoch));
        identity.put("probe.epochs", Integer.toString(settings.epochs()));
        identity.put("probe.mode", settings.mode().toString());
        identity.put("probe.holdout", Double.toString(settings.holdout()));
        identity.put("optim", config.optim().toString());
        return identity;
    }

    /** Rank 0 reads the newest checkpoint and gives it to the others; returns its step. */
    private long restore(NDManager manager, LinearProbe probe, RunState state, int stepsPerEpoch, List<String> notes)
            throws IOException {
        try (NDManager scratch = manager.newSubManager()) {
            Map<String, NDArray> arrays = probe.state(scratch);
            long read = world.together(
                    () -> world.rank() == 0 ? state.restore(scratch, probe.weights(), arrays, notes) : 0L);
            long step = RankStart.alike(world, read, List.of(probe.weights(), arrays));
            if (step > 0) {
                probe.restored(step, stepsPerEpoch, arrays);
            }
            return step;
        }
    }

    private Outcome report(ProbeSets.Parts parts, ProbeSets sets, List<ProbeResult> results) throws IOException {
        List<ProbeReport.Row> rows = sets.test().isEmpty()
                ? results.stream().map(ProbeReport.Row::of).toList()
                : measured(parts, sets.test().get(), results);
        ProbeReport report =
                new ProbeReport(config, resolved.toYaml(), parts.data().classNames(), rows);
        Path path = Path.of(config.outputDir());
        if (world.rank() == 0) {
            report.write(path);
        }
        return new Outcome(true, report.lines(path));
    }

    /** Heads that were chosen on images held out, measured on the validation part. */
    private List<ProbeReport.Row> measured(ProbeSets.Parts parts, FeatureBatches test, List<ProbeResult> results)
            throws IOException {
        List<Pooled> heads = new ArrayList<>();
        for (ProbeResult result : results) {
            heads.add(new Pooled(result.pool(), result.last().head()));
            heads.add(new Pooled(result.pool(), result.best().head()));
        }
        int classes = parts.data().classNames().size();
        List<ClassificationScores> scores = HeadScores.of(parts.manager(), world, heads, classes, test);
        List<ProbeReport.Row> rows = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            rows.add(new ProbeReport.Row(results.get(i), scores.get(2 * i), scores.get(2 * i + 1)));
        }
        return rows;
    }
}
