package asl.interop;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A checkpoint and what a file for others has to say beside its weights. */
public final class ExportModel {
    /** The value of layer norms that MAE and timm use. */
    static final double EPSILON = 1e-6;

    private final CanonicalWeights checkpoint;
    private final ArchitectureGuess architecture;
    private final Heads heads;
    private final Pixels pixels;

    /** Attention heads, which no shape tells; decoder 0 where there is none. */
    public record Heads(int encoder, int decoder) {}

    /**
     * What images the model takes.
     *
     * @param size height and width in pixels; the patches must tile it
     * @param mean per channel, of pixels in 0..1, that images are normalised with, like std
     */
    public record Pixels(List<Integer> size, List<Double> mean, List<Double> std) {
        public Pixels {
            size = List.copyOf(size);
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }
    }

    /**
     * Describes an export.
     *
     * @throws IllegalArgumentException if heads or pixels do not fit the weights; one line
     */
    public ExportModel(CanonicalWeights checkpoint, Heads heads, Pixels pixels) {
        this.checkpoint = checkpoint;
        this.architecture = checkpoint
                .architecture()
                .orElseThrow(() -> new IllegalArgumentException("the weights are not a vision transformer's"));
        this.heads = heads;
        this.pixels = pixels;
        int patch = architecture.patchSize();
        if (heads.encoder() < 1 || architecture.width() % heads.encoder() != 0) {
            throw new IllegalArgumentException(
                    heads.encoder() + " heads do not divide a width of " + architecture.width());
        }
        List<Integer> size = pixels.size();
        if (size.size() != 2
                || size.get(0) % patch != 0
                || size.get(1) % patch != 0
                || size.get(0) / patch * (size.get(1) / patch) != architecture.patches()) {
            throw new IllegalArgumentException("an image of " + size + " pixels is not the " + architecture.patches()
                    + " patches of " + patch + " pixels that the positions are of");
        }
        if (pixels.mean().size() != architecture.channels() || pixels.std().size() != architecture.channels()) {
            throw new IllegalArgumentException(
                    "mean and std need " + architecture.channels() + " values, one a channel");
        }
    }

    CanonicalWeights checkpoint() {
        return checkpoint;
    }

    ArchitectureGuess architecture() {
        return architecture;
    }

    Heads heads() {
        return heads;
    }

    Pixels pixels() {
        return pixels;
    }

    /** Names of the classes, numbers where the checkpoint does not tell them. */
    List<String> classes() {
        List<String> names = ModelFacts.classes(checkpoint.metadata());
        return names.size() == architecture.classes()
                ? names
                : IntStream.range(0, architecture.classes())
                        .mapToObj(Integer::toString)
                        .toList();
    }

    /** Whether the head sees the mean patch token, normed by {@code fc_norm}, and not [cls]. */
    boolean averages() {
        return checkpoint.tensors().stream().anyMatch(tensor -> tensor.name().equals("fc_norm.weight"));
    }

    /** The norm in front of a head. */
    String headNorm() {
        return averages() ? "fc_norm" : "norm";
    }

    /** All weights of that part. */
    List<TensorInfo> tensors(Contents contents) {
        return checkpoint.tensors().stream()
                .filter(tensor -> contents.holds(tensor.name()))
                .toList();
    }

    /**
     * The weights that a program needs, in the order of use.
     *
     * @throws IOException that names what is missing or of another shape
     */
    List<TensorInfo> needed(Contents contents) throws IOException {
        Map<String, TensorInfo> present = new LinkedHashMap<>();
        checkpoint.tensors().forEach(tensor -> present.put(tensor.name(), tensor));
        List<TensorInfo> needed = contents == Contents.CLASSIFIER
                ? VitWeights.classifier(architecture, headNorm())
                : VitWeights.encoder(architecture);
        for (TensorInfo tensor : needed) {
            if (!tensor.equals(present.get(tensor.name()))) {
                throw new IOException(tensor.name() + " is "
                        + (present.containsKey(tensor.name()) ? "not " : "missing: ") + tensor.shape()
                        + "; only plain ViTs with [cls] can be exported to this format"
                        + (averages() ? ", and this one, trained on the mean token, only as a classifier" : ""));
            }
        }
        return needed;
    }
}
