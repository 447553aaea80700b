package asl.train;

import ai.djl.ndarray.NDArray;
import asl.config.FinetuneConfig;
import asl.config.ResolvedConfig;
import asl.config.TrainPlan;
import asl.data.BatchLoader;
import asl.data.ImageSource;
import asl.data.LabelledData;
import asl.data.ShardedSampler;
import asl.data.Views;
import asl.data.augment.RandAugment;
import asl.data.augment.RandAugment.Resampling;
import asl.data.augment.RandAugmentPolicy;
import asl.distributed.World;
import asl.eval.OpenedClassifier;
import asl.eval.ScoredPart;
import asl.eval.TrainedWith;
import asl.log.MetricLog;
import asl.ops.Engines;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a fine-tuning is made of; whoever made it closes it.
 *
 * @param config completed by what weights and data tell
 * @param sets the part to train on and the one to choose the best epoch by
 */
record FinetuneParts(
        FinetuneConfig config,
        Engines.Setup engine,
        World world,
        LabelledData data,
        LabelledData sets,
        OpenedClassifier opened,
        FinetuneLoop.Model model,
        AdamW optimizer) {

    /** What is measured, exported and predicted with: the averages where there are any. */
    Map<String, NDArray> weights() {
        Map<String, NDArray> trained = model.classifier().weights();
        return model.average().map(average -> average.named(trained)).orElse(trained);
    }

    /** The weights that are trained, where {@link #weights} are their averages, under names of their own. */
    Map<String, NDArray> raw() {
        Map<String, NDArray> raw = new LinkedHashMap<>();
        if (model.average().isPresent()) {
            model.classifier().weights().forEach((name, weight) -> raw.put("raw." + name, weight));
        }
        return raw;
    }

    /** What is written beside the weights. */
    Map<String, String> metadata() {
        return Map.of(
                TrainedWith.CONFIG,
                ResolvedConfig.of(config).toYaml(),
                TrainedWith.JOB,
                TrainedWith.FINETUNE,
                TrainedWith.CLASSES,
                String.join("\n", data.classNames()));
    }

    /** What the epochs are measured on; with a part set aside, the validation part comes at the end alone. */
    EpochScores.Parts scored(MetricLog log) {
        ScoredPart.Place place = new ScoredPart.Place(model.manager(), engine.threads(), world, new Notes(log)::add);
        ScoredPart selection = ScoredPart.of(sets.val(), config, place);
        Optional<ScoredPart> test = config.classifier().holdout() > 0
                ? Optional.of(ScoredPart.of(data.val(), config, place))
                : Optional.empty();
        return new EpochScores.Parts(selection, test);
    }

    /** Augmented batches from a step on. */
    BatchLoader openBatches(TrainPlan plan, long first, MetricLog log) {
        ImageSource training = sets.train();
        ShardedSampler plain = new ShardedSampler(
                training,
                config.seed(),
                config.train().batchSize(),
                new ShardedSampler.Place(world.rank(), world.size()),
                config.train().dropLast());
        ShardedSampler sampler = config.augment().mixes() ? plain.inPairs() : plain;
        int[] fill = config.data().mean().stream()
                .mapToInt(mean -> (int) Math.min(255, Math.round(255 * mean)))
                .toArray();
        Optional<RandAugment> augment = policy(config).map(policy -> new RandAugment(policy, Resampling.BICUBIC, fill));
        Views views = new Views(config.model().imageSize(), config.model().channels(), config.data());
        return new BatchLoader(
                training,
                sampler,
                views.train(augment),
                ScoredPart.reading(config, engine.threads()),
                TrainLoop.batchesBefore(
                        first, plan, sampler.batchesPerEpoch(), config.train().accumIter()),
                Notes.ofRank(world, log)::add);
    }

    /** Throws an IllegalArgumentException if the text is no policy. */
    static Optional<RandAugmentPolicy> policy(FinetuneConfig config) {
        String text = config.augment().randAugment();
        return text.isEmpty() ? Optional.empty() : Optional.of(RandAugmentPolicy.parse(text));
    }
}
