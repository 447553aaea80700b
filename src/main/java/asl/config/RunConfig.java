package asl.config;

import java.util.List;

/**
 * Every knob of a pre-training run on one page; {@code defaults.yaml} holds the value and the meaning of each. YAML keys
 * are the snake case of the component names. Nothing has a default here.
 */
public record RunConfig(
        long seed,
        String outputDir,
        ModelConfig model,
        DecoderConfig decoder,
        MethodConfig method,
        DataConfig data,
        TrainConfig train,
        OptimConfig optim,
        CheckpointConfig checkpoint,
        LogConfig log,
        OnlineEvalConfig onlineEval,
        EngineConfig engine,
        DistConfig dist)
        implements Validated {
    /** The commented page that holds every key. */
    public static final String DEFAULTS = "defaults.yaml";

    @Override
    public void validate(Problems problems) {
        RunConfigValidator.validate(this, problems);
    }

    /** This configuration with another length or batch. */
    public RunConfig with(TrainConfig other) {
        return new RunConfig(
                seed, outputDir, model, decoder, method, data, other, optim, checkpoint, log, onlineEval, engine, dist);
    }

    /** Patches that the encoder sees (kappa); the others are masked. */
    public int visiblePatches() {
        return (int) (model.patches() * (1 - method.maskRatio()));
    }

    /** Vision transformer encoder: a named size, or width, depth and heads (0 = the size's). */
    public record ModelConfig(
            VitSize size, int width, int depth, int heads, ImageSize imageSize, int patchSize, int channels) {
        /** This model with what it leaves open (0, auto) taken from another, such as the one of a checkpoint. */
        public ModelConfig over(ModelConfig trained) {
            return new ModelConfig(
                    VitSize.AUTO,
                    embedDim() > 0 ? embedDim() : trained.embedDim(),
                    blocks() > 0 ? blocks() : trained.blocks(),
                    attentionHeads() > 0 ? attentionHeads() : trained.attentionHeads(),
                    imageSize.height() > 0 ? imageSize : trained.imageSize(),
                    patchSize > 0 ? patchSize : trained.patchSize(),
                    channels > 0 ? channels : trained.channels());
        }

        /** Width of the token vectors (D). */
        public int embedDim() {
            return width > 0 ? width : size.width();
        }

        public int blocks() {
            return depth > 0 ? depth : size.depth();
        }

        public int attentionHeads() {
            return heads > 0 ? heads : size.heads();
        }

        /** Patches per image (N). */
        public int patches() {
            return gridHeight() * gridWidth();
        }

        public int gridHeight() {
            return imageSize.height() / patchSize;
        }

        public int gridWidth() {
            return imageSize.width() / patchSize;
        }

        /** Pixel values per patch (P). */
        public int patchDim() {
            return patchSize * patchSize * channels;
        }
    }

    /** The light decoder (RECIPES: 512 wide, 8 blocks, 16 heads). */
    public record DecoderConfig(int width, int depth, int heads) {}

    /** What is learned: branch, alignment and losses (paper Sections 3.3 and 3.4). */
    public record MethodConfig(
            Branch branch,
            Align align,
            boolean alignCls,
            Reconstruct reconstruct,
            double maeWeight,
            double semWeight,
            double dropout,
            double maskRatio,
            boolean normPixLoss) {}

    /** Where images come from and how they are cropped; {@code mix} lists several sources in the place of one. */
    public record DataConfig(
            DataFormat format,
            String root,
            String split,
            List<SourceConfig> mix,
            List<Double> mean,
            List<Double> std,
            double cropScaleMin,
            double cropScaleMax,
            double cropRatioMin,
            double cropRatioMax,
            double hflip,
            int shuffleWindow,
            double maxBadShare,
            @Auto int workers,
            int prefetch) {

        /** The sources to read; throws a {@link ConfigException} where none is given. */
        public List<SourceConfig> sources() {
            if (!mix.isEmpty()) {
                return mix;
            }
            if (root.isEmpty()) {
                throw new ConfigException("data.root: required: a folder or file of images, such as --set "
                        + "data.root=/data/coco/train2017; data.mix takes several");
            }
            return List.of(new SourceConfig(format, root, split, 0));
        }
    }

    /** One source of a mix; weight 0 = by its number of images. */
    public record SourceConfig(DataFormat format, String root, String split, double weight) {}

    /**
     * Length of the run and batch.
     *
     * @param batchSize per process; 0 = the largest that fits
     * @param effectiveBatch of all processes and micro-batches together, where {@code batchSize} is 0; else 0
     */
    public record TrainConfig(
            int epochs,
            int steps,
            @Auto int batchSize,
            int accumIter,
            int effectiveBatch,
            boolean dropLast,
            boolean checkpointActivations) {
        /** The same effective batch in micro-batches of a known size, which must divide the share of each process. */
        public TrainConfig inMicroBatches(int size, int worldSize) {
            int accumulate = effectiveBatch / worldSize / size;
            return new TrainConfig(epochs, steps, size, accumulate, 0, dropLast, checkpointActivations);
        }
    }

    /** AdamW and its schedule; lr 0 = blr * effective batch / 256. */
    public record OptimConfig(
            double blr,
            double lr,
            double minLr,
            double warmupEpochs,
            double weightDecay,
            double beta1,
            double beta2,
            double eps,
            double clipGrad) {}

    /** When weights are written and which stay. */
    public record CheckpointConfig(int everyEpochs, int everySteps, int keepLast) {}

    /** What one sees while it runs. */
    public record LogConfig(int everySteps, int imagesEveryEpochs, int images, boolean tensorboard) {}

    /**
     * How good the features are while they are being learned, on a labelled set: nearest neighbours and a quick probe.
     *
     * @param everyEpochs 0 = off
     * @param valRoot where the part to measure on lies; empty = in {@code root} too
     * @param images so many of each part, spread evenly over it; 0 = all
     */
    public record OnlineEvalConfig(
            int everyEpochs,
            DataFormat format,
            String root,
            String trainSplit,
            String valRoot,
            String valSplit,
            int images,
            Pool pool,
            int k,
            double temperature,
            int probeEpochs,
            double probeBlr) {}

    /** Device, precision and threads; threads 0 = chosen from the machine. */
    public record EngineConfig(
            String device, Precision precision, @Auto int threads) {}

    /** The sizes of the field (ViT-Ti/S/B/L/H); MAE Sec. 4, DeiT for tiny and small. */
    public enum VitSize {
        /** As width, depth and heads say, or the checkpoint. */
        AUTO(0, 0, 0),
        TINY(192, 12, 3),
        SMALL(384, 12, 6),
        BASE(768, 12, 12),
        LARGE(1024, 24, 16),
        HUGE(1280, 32, 16);

        private final int width;
        private final int depth;
        private final int heads;

        VitSize(int width, int depth, int heads) {
            this.width = width;
            this.depth = depth;
            this.heads = heads;
        }

        public int width() {
            return width;
        }

        public int depth() {
            return depth;
        }

        public int heads() {
            return heads;
        }
    }

    /** How the second branch of features arises (paper Fig. 3): none = MAE, (a) DLE, (b) AEE. */
    public enum Branch {
        NONE,
        DLE,
        AEE
    }

    /** How the two predictions are aligned (Eq. 9; Table 7 for the others). */
    public enum Align {
        NONE,
        L1,
        COSINE
    }

    /** Which branches are asked to reconstruct the pixels. */
    public enum Reconstruct {
        ORIGINAL,
        BOTH
    }

    /** The layout of a data set on disk. */
    public enum DataFormat {
        AUTO,
        FOLDER,
        COCO,
        LIST,
        CIFAR10,
        CIFAR100,
        IDX,
        SHARDS
    }

    /** Arithmetic inside the kernels; master weights are always fp32. */
    public enum Precision {
        AUTO,
        FP32,
        TF32,
        BF16
    }
}
