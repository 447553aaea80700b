package asl.interop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The ways in which public vision transformers name their weights. */
public enum NamingScheme {
    /** timm's and MAE's names, which are ours. */
    TIMM("patch_embed.proj.weight"),
    /** Hugging Face's ViT and ViTMAE. */
    HUGGING_FACE("embeddings.patch_embeddings.projection.weight"),
    /** big_vision's and the original JAX models'. */
    BIG_VISION("embedding/kernel");

    /** The weight by which the scheme is known; what stands in front of it is a wrapper's prefix. */
    private final String mark;

    NamingScheme(String mark) {
        this.mark = mark;
    }

    /** The scheme of a file's names, if it is one of these. */
    static Optional<NamingScheme> of(List<TensorInfo> tensors) {
        for (NamingScheme scheme : values()) {
            if (tensors.stream().anyMatch(tensor -> tensor.name().endsWith(scheme.mark))) {
                return Optional.of(scheme);
            }
        }
        return Optional.empty();
    }

    /** All weights under our names; those that have none keep theirs. */
    Collection<CanonicalTensor> canonical(List<TensorInfo> tensors) {
        String prefix = prefix(tensors);
        return switch (this) {
            case TIMM ->
                tensors.stream()
                        .map(tensor -> CanonicalTensor.renamed(tensor, without(prefix, tensor.name())))
                        .toList();
            case HUGGING_FACE -> new HuggingFaceNames(prefix).canonical(tensors);
            case BIG_VISION -> new BigVisionNames(prefix).canonical(tensors);
        };
    }

    private String prefix(List<TensorInfo> tensors) {
        List<String> prefixes = new ArrayList<>();
        for (TensorInfo tensor : tensors) {
            if (tensor.name().endsWith(mark)) {
                prefixes.add(tensor.name().substring(0, tensor.name().length() - mark.length()));
            }
        }
        return prefixes.isEmpty() ? "" : prefixes.get(0);
    }

    static String without(String prefix, String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }
}
