package asl.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights of a vision transformer under timm's and MAE's names ({@code aee_block.*} for AEE's layer) as float32, whatever
 * file they stand in. Each is read when it is asked for.
 */
public final class CanonicalWeights implements TensorFile {
    private final CheckpointFormat format;
    private final Optional<NamingScheme> naming;
    private final TensorFile file;
    private final Map<String, String> beside;
    private final Map<String, CanonicalTensor> tensors = new LinkedHashMap<>();

    /** @param beside further metadata, from files next to this one */
    CanonicalWeights(CheckpointFormat format, TensorFile file, Map<String, String> beside) throws IOException {
        this.beside = Map.copyOf(beside);
        this.format = format;
        this.file = file;
        for (TensorInfo tensor : file.tensors()) {
            if (!Printable.line(tensor.name()).equals(tensor.name())) {
                throw new IOException("a tensor's name is too long or not text: " + Printable.line(tensor.name()));
            }
        }
        this.naming = NamingScheme.of(file.tensors());
        Collection<CanonicalTensor> named = naming.map(scheme -> scheme.canonical(file.tensors()))
                .orElseGet(() -> file.tensors().stream()
                        .map(tensor -> CanonicalTensor.renamed(tensor, tensor.name()))
                        .toList());
        for (CanonicalTensor tensor : named) {
            CanonicalTensor other = tensors.putIfAbsent(tensor.info().name(), tensor);
            if (other != null) {
                throw new IOException(String.join(", ", tensor.sources()) + " and "
                        + String.join(", ", other.sources()) + " are both "
                        + tensor.info().name());
            }
        }
    }

    public CheckpointFormat format() {
        return format;
    }

    /** How the file names its weights; empty if it holds none that make a vision transformer. */
    public Optional<NamingScheme> naming() {
        return naming;
    }

    /** The file's own tensors, under its own names and of its own types. */
    public TensorFile file() {
        return file;
    }

    /** All weights, float32, under our names. */
    @Override
    public List<TensorInfo> tensors() {
        List<TensorInfo> infos = new ArrayList<>();
        tensors.values().forEach(tensor -> infos.add(tensor.info()));
        return infos;
    }

    /** Values of a weight, row-major; throws IllegalArgumentException if there is none of that name. */
    public float[] floats(String name) throws IOException {
        CanonicalTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(name + ": no such weight in the checkpoint");
        }
        return tensor.values().read(file);
    }

    /** Values of a weight as little-endian float32. */
    @Override
    public ByteBuffer data(String name) throws IOException {
        return FloatValues.bytes(floats(name));
    }

    @Override
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>(beside);
        metadata.putAll(file.metadata());
        return metadata;
    }

    /** What the shapes say of the model; empty where they are not a vision transformer's. */
    public Optional<ArchitectureGuess> architecture() {
        return ArchitectureGuess.of(tensors());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
