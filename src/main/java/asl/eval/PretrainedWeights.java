package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.ConfigException;
import asl.config.RunConfig.ModelConfig;
import asl.interop.CanonicalWeights;
import asl.interop.CheckpointReader;
import asl.interop.DType;
import asl.interop.ImportPlan;
import asl.interop.ImportPlan.Grid;
import asl.interop.ImportPlan.Target;
import asl.interop.TensorInfo;
import asl.model.PositionInterpolation;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Weights of an encoder, or of a whole classifier, on disk: a checkpoint file, a checkpoint's folder, or that of a run. */
public final class PretrainedWeights implements Closeable {
    private final Path path;
    private final CanonicalWeights file;
    private final TrainedWith trainedWith;

    private PretrainedWeights(Path path, CanonicalWeights file) {
        this.path = path;
        this.file = file;
        this.trainedWith = TrainedWith.of(path, file);
    }

    /**
     * Opens weights.
     *
     * @throws ConfigException if there are none
     * @throws IOException if the file cannot be read; one line that names it
     */
    public static PretrainedWeights open(Path weights) throws IOException {
        if (!Files.exists(weights)) {
            throw new ConfigException("weights: " + weights + ": no such file or folder");
        }
        Path path = CheckpointReader.find(weights);
        CanonicalWeights file = CheckpointReader.open(weights);
        try {
            return new PretrainedWeights(path, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The file that was opened. */
    public Path path() {
        return path;
    }

    /** The weights under our names. */
    public CanonicalWeights weights() {
        return file;
    }

    /** What the file tells of the model and its data. */
    public TrainedWith trainedWith() {
        return trainedWith;
    }

    /** SHA-256 of the file, shortened: tells one set of weights from another. */
    public String digest() throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(path), sha)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    /**
     * The model of a configuration, with what it leaves open taken from the weights.
     *
     * @throws ConfigException if it asks for another model than the weights are of; the image's size and channels may differ
     */
    public ModelConfig complete(ModelConfig asked) {
        ModelConfig trained = trainedWith.model();
        ModelConfig model = asked.over(trained);
        List<String> problems = new ArrayList<>();
        differ("width", model.embedDim(), trained.embedDim(), problems);
        differ("depth", model.blocks(), trained.blocks(), problems);
        differ("patch_size", model.patchSize(), trained.patchSize(), problems);
        if (model.attentionHeads() == 0) {
            problems.add("model.heads: " + path + " does not tell it, and a width of " + model.embedDim()
                    + " is none of the usual ones; set it");
        } else if (model.embedDim() % model.attentionHeads() != 0) {
            problems.add(
                    "model.heads: " + model.attentionHeads() + " heads do not divide the width of " + model.embedDim());
        }
        if (model.imageSize().height() % model.patchSize() != 0
                || model.imageSize().width() % model.patchSize() != 0) {
            problems.add("model.image_size: " + model.imageSize() + " does not divide into the patches of "
                    + model.patchSize() + " pixels that " + path + " was trained with");
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return model;
    }

    private void differ(String key, int asked, int trained, List<String> problems) {
        if (asked != trained) {
            problems.add("model." + key + ": " + asked + ", but " + path + " has " + trained + "; leave it out");
        }
    }

    /**
     * Fills arrays with the tensors of their names; positions are interpolated if the grid of patches differs, the patch
     * embedding is fitted to other channels.
     *
     * @param model what the arrays are of
     * @param optional names that may be missing, or of another shape, and then keep their values
     * @return what became of the tensors, in lines for people
     * @throws IOException unless the checkpoint has all that is needed and nothing that is unknown; one line
     */
    public List<String> fill(NDManager manager, Map<String, NDArray> arrays, ModelConfig model, Set<String> optional)
            throws IOException {
        List<TensorInfo> tensors = new ArrayList<>();
        arrays.forEach((name, array) ->
                tensors.add(new TensorInfo(name, DType.F32, array.getShape().getShape())));
        ImportPlan plan = ImportPlan.of(
                file,
                new Target(
                        tensors,
                        grid(model),
                        Optional.of(grid(trainedWith.model())),
                        optional,
                        PretrainedWeights::interpolated));
        try {
            plan.require(false);
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
        for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
            if (plan.has(entry.getKey())) {
                Shape shape = entry.getValue().getShape();
                try (NDArray loaded = manager.create(plan.values(entry.getKey()), shape)) {
                    loaded.copyTo(entry.getValue());
                }
            }
        }
        return plan.lines();
    }

    private static Grid grid(ModelConfig model) {
        return new Grid(model.gridHeight(), model.gridWidth());
    }

    /** Positions [extra + N, D] of one grid of patches as those of another. */
    public static float[] interpolated(float[] table, int width, Grid from, Grid to) {
        return PositionInterpolation.fit(
                table,
                width,
                new PositionInterpolation.Grid(from.height(), from.width()),
                new PositionInterpolation.Grid(to.height(), to.width()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
