package asl.eval;

import asl.config.ConfigException;
import asl.config.ConfigLoader;
import asl.config.FinetuneConfig;
import asl.config.ImageSize;
import asl.config.Pool;
import asl.config.RunConfig;
import asl.config.RunConfig.ModelConfig;
import asl.config.RunConfig.VitSize;
import asl.interop.ArchitectureGuess;
import asl.interop.CanonicalWeights;
import asl.interop.ModelFacts;
import asl.interop.TensorInfo;
import asl.ops.ClassifierKernels.Normalization;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a checkpoint tells of its model and data: our own hold the configuration, of others the shapes of the tensors speak.
 *
 * @param model heads 0 where nothing tells them
 * @param pixels mean and deviation of the training images
 * @param pool what the head sees, if there is a head
 * @param classNames of the head, by number
 * @param cropPct share of the short side that the centre crop of evaluation keeps
 * @param decoderHeads if it has a decoder that is told of
 * @param dataSet where its images lay, empty where nothing tells
 */
public record TrainedWith(
        ModelConfig model,
        Optional<Normalization> pixels,
        Optional<Pool> pool,
        List<String> classNames,
        double cropPct,
        OptionalInt decoderHeads,
        String dataSet) {
    /** The crop of 224 from 256 pixels, for weights that tell nothing. */
    private static final double USUAL_CROP_PCT = 0.875;

    /** Key of the metadata of a checkpoint: the resolved configuration as YAML. */
    public static final String CONFIG = "config";

    /** Key: the command that wrote the checkpoint, {@code pretrain} where it is missing. */
    public static final String JOB = "job";

    /** Key: names of the classes, one a line. */
    public static final String CLASSES = "classes";

    /** Value of {@link #JOB}. */
    public static final String FINETUNE = "finetune";

    /** ImageNet's, for weights that tell nothing: what nearly all public encoders are trained with. */
    public static final Normalization IMAGENET =
            new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    static TrainedWith of(Path path, CanonicalWeights file) {
        Map<String, String> metadata = file.metadata();
        String config = metadata.get(CONFIG);
        Set<String> names = file.tensors().stream().map(TensorInfo::name).collect(Collectors.toSet());
        boolean head = names.contains("head.weight");
        Optional<Pool> pool =
                head ? Optional.of(names.contains("fc_norm.weight") ? Pool.AVG : Pool.CLS) : Optional.empty();
        List<String> classes = classNames(file);
        if (config == null) {
            ModelConfig model = fromShapes(path, file);
            Optional<Normalization> told = ModelFacts.pixels(metadata, model.channels())
                    .map(facts -> new Normalization(facts.mean(), facts.std()));
            return new TrainedWith(model, told, pool, classes, USUAL_CROP_PCT, OptionalInt.empty(), "");
        }
        if (FINETUNE.equals(metadata.get(JOB))) {
            FinetuneConfig run = ConfigLoader.parse(
                            FinetuneConfig.class, FinetuneConfig.DEFAULTS, config, path.toString())
                    .config();
            Normalization pixels =
                    new Normalization(run.data().mean(), run.data().std());
            return new TrainedWith(
                    run.model(),
                    Optional.of(pixels),
                    pool,
                    classes,
                    run.data().cropPct(),
                    OptionalInt.empty(),
                    run.data().root());
        }
        RunConfig run = ConfigLoader.parse(RunConfig.class, RunConfig.DEFAULTS, config, path.toString())
                .config();
        Normalization pixels = new Normalization(run.data().mean(), run.data().std());
        OptionalInt decoderHeads = OptionalInt.of(run.decoder().heads());
        return new TrainedWith(
                run.model(),
                Optional.of(pixels),
                pool,
                classes,
                USUAL_CROP_PCT,
                decoderHeads,
                run.data().root());
    }

    /** As they were written, else numbers; none without a head. */
    private static List<String> classNames(CanonicalWeights file) {
        String names = file.metadata().get(CLASSES);
        if (names != null) {
            return List.of(names.split("\n", -1));
        }
        long classes = file.tensors().stream()
                .filter(tensor -> tensor.name().equals("head.weight"))
                .mapToLong(tensor -> tensor.shape().get(0))
                .sum();
        return LongStream.range(0, classes).mapToObj(Long::toString).toList();
    }

    private static ModelConfig fromShapes(Path path, CanonicalWeights file) {
        ArchitectureGuess vit = file.architecture()
                .orElseThrow(
                        () -> new ConfigException(
                                "weights: " + path
                                        + ": no vision transformer of timm's names (patch_embed.proj.weight, pos_embed, blocks.0. ...)"));
        int side = vit.gridSide()
                .orElseThrow(() -> new ConfigException("weights: " + path + ": " + vit.patches()
                        + " positions are no square, and nothing tells the size of the image"));
        return new ModelConfig(
                VitSize.AUTO,
                vit.width(),
                vit.depth(),
                ModelFacts.heads(file.metadata(), vit.width()).orElse(usualHeads(vit.width())),
                ImageSize.square(side * vit.patchSize()),
                vit.patchSize(),
                vit.channels());
    }

    /** Heads of the sizes of the field; 0 for another width. */
    private static int usualHeads(int width) {
        for (VitSize size : VitSize.values()) {
            if (size != VitSize.AUTO && size.width() == width) {
                return size.heads();
            }
        }
        return 0;
    }
}
