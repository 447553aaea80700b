package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.ConfigException;
import asl.config.RunConfig.ModelConfig;
import asl.interop.CheckpointReader;
import asl.interop.FloatValues;
import asl.interop.TensorFile;
import asl.interop.TensorInfo;
import asl.model.PositionInterpolation;
import asl.model.PositionInterpolation.Grid;
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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Weights of an encoder, or of a whole classifier, on disk: a checkpoint file, a checkpoint's folder, or that of a run. */
public final class PretrainedWeights implements Closeable {
    private static final String MODEL_FILE = "model.safetensors";
    private static final String POSITIONS = "pos_embed";
    private static final int NAMED = 3;

    private final Path path;
    private final TensorFile file;
    private final TrainedWith trainedWith;

    private PretrainedWeights(Path path, TensorFile file) {
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
        Path path = find(weights);
        return new PretrainedWeights(path, CheckpointReader.open(path));
    }

    private static Path find(Path weights) throws IOException {
        if (!Files.exists(weights)) {
            throw new ConfigException("weights: " + weights + ": no such file or folder");
        }
        if (!Files.isDirectory(weights)) {
            return weights;
        }
        if (Files.exists(weights.resolve(MODEL_FILE))) {
            return weights.resolve(MODEL_FILE);
        }
        for (Path folder : List.of(weights.resolve("checkpoints"), weights)) {
            Path latest = folder.resolve("latest");
            if (Files.exists(latest)) {
                Path file = folder.resolve(Files.readString(latest).strip()).resolve(MODEL_FILE);
                if (Files.exists(file)) {
                    return file;
                }
            }
        }
        throw new ConfigException("weights: " + weights + ": holds no " + MODEL_FILE
                + " and no checkpoints; name a checkpoint file, or the folder of a run");
    }

    /** The file that was opened. */
    public Path path() {
        return path;
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
     * @throws ConfigException if it asks for another model than the weights are of; the image's size may differ
     */
    public ModelConfig complete(ModelConfig asked) {
        ModelConfig trained = trainedWith.model();
        ModelConfig model = asked.over(trained);
        List<String> problems = new ArrayList<>();
        differ("width", model.embedDim(), trained.embedDim(), problems);
        differ("depth", model.blocks(), trained.blocks(), problems);
        differ("patch_size", model.patchSize(), trained.patchSize(), problems);
        differ("channels", model.channels(), trained.channels(), problems);
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
     * Fills arrays with the tensors of their names; positions are interpolated if the grid of patches differs.
     *
     * @param model what the arrays are of
     * @param optional names that may be missing, or of another shape, and then keep their values
     * @return what was done other than to copy, in lines for people
     * @throws IOException if a tensor is missing or of another shape; one line that names the first
     */
    public List<String> fill(NDManager manager, Map<String, NDArray> arrays, ModelConfig model, Set<String> optional)
            throws IOException {
        List<String> notes = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
            String name = entry.getKey();
            Optional<float[]> values = values(name, entry.getValue().getShape(), model, notes);
            if (values.isPresent()) {
                try (NDArray loaded =
                        manager.create(values.get(), entry.getValue().getShape())) {
                    loaded.copyTo(entry.getValue());
                }
            } else if (optional.contains(name)) {
                notes.add(name + " is not in the weights, or is of another shape: it starts anew");
            } else {
                wrong.add(name);
            }
        }
        if (!wrong.isEmpty()) {
            String some = String.join(", ", wrong.subList(0, Math.min(NAMED, wrong.size())));
            throw new IOException(path + ": no tensor of the right shape for " + some
                    + (wrong.size() > NAMED ? " and " + (wrong.size() - NAMED) + " more" : ""));
        }
        return notes;
    }

    private Optional<float[]> values(String name, Shape shape, ModelConfig model, List<String> notes)
            throws IOException {
        Optional<TensorInfo> info = file.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst();
        if (info.isEmpty()) {
            return Optional.empty();
        }
        float[] values = FloatValues.of(info.get().dtype(), file.data(name));
        if (name.equals(POSITIONS)) {
            ModelConfig trained = trainedWith.model();
            Grid from = new Grid(trained.gridHeight(), trained.gridWidth());
            Grid to = new Grid(model.gridHeight(), model.gridWidth());
            if (!from.equals(to)) {
                notes.add("positions interpolated from " + from.height() + " x " + from.width() + " to " + to.height()
                        + " x " + to.width() + " patches");
            }
            values = PositionInterpolation.fit(values, model.embedDim(), from, to);
            return values.length == shape.size() ? Optional.of(values) : Optional.empty();
        }
        List<Long> expected = Arrays.stream(shape.getShape()).boxed().toList();
        return info.get().shape().equals(expected) ? Optional.of(values) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
