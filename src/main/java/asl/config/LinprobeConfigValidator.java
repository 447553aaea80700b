package asl.config;

import asl.config.LinprobeConfig.KnnConfig;
import asl.config.LinprobeConfig.LarsConfig;
import asl.config.LinprobeConfig.ProbeConfig;
import java.util.HashSet;

/** Which values of a probe's configuration make sense, alone and together. */
final class LinprobeConfigValidator {
    private LinprobeConfigValidator() {}

    static void validate(LinprobeConfig config, Problems problems) {
        SectionChecks checks = new SectionChecks(problems);
        checks.outputDir(config.outputDir());
        EvalChecks.model(config.weights(), config.model(), checks);
        EvalChecks.data(config.data(), config.model().channels(), checks);
        checkProbe(config.probe(), checks);
        checkOptim(config.optim(), config.probe().epochs(), checks);
        checkKnn(config.knn(), checks);
        checks.checkpoint(config.checkpoint());
        EvalChecks.log(config.log(), checks);
        checks.engine(config.engine());
        checks.dist(config.dist());
        checks.require(!config.dist().shardOptimizer(), "dist.shard_optimizer", "heads are too small to share out");
    }

    private static void checkProbe(ProbeConfig probe, SectionChecks checks) {
        checks.require(!probe.pools().isEmpty(), "probe.pools", "needs at least one of cls, avg");
        boolean distinct = new HashSet<>(probe.pools()).size() == probe.pools().size();
        checks.require(distinct, "probe.pools", "names one twice");
        checks.notNegative(probe.classes(), "probe.classes");
        checks.belowOne(probe.holdout(), "probe.holdout");
        checks.require(probe.epochs() > 0, "probe.epochs", "must be over 0");
        checks.require(probe.batchSize() > 0, "probe.batch_size", "must be over 0");
        checks.require(probe.accumIter() > 0, "probe.accum_iter", "must be over 0");
    }

    private static void checkOptim(LarsConfig optim, int epochs, SectionChecks checks) {
        boolean positive = !optim.blrs().isEmpty() && optim.blrs().stream().allMatch(blr -> blr > 0);
        checks.require(positive, "optim.blrs", "needs at least one rate, each over 0");
        checks.notNegative(optim.minLr(), "optim.min_lr");
        checks.warmup(optim.warmupEpochs(), epochs, "probe.epochs");
        checks.belowOne(optim.momentum(), "optim.momentum");
        checks.require(optim.trust() > 0, "optim.trust", "must be over 0");
        checks.notNegative(optim.weightDecay(), "optim.weight_decay");
    }

    private static void checkKnn(KnnConfig knn, SectionChecks checks) {
        checks.require(knn.k() > 0, "knn.k", "must be over 0");
        checks.require(knn.temperature() > 0, "knn.temperature", "must be over 0");
    }
}
