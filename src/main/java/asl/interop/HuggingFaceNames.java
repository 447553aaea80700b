package asl.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hugging Face's names of ViT and ViTMAE, both ways. There, queries, keys and values are three layers, here one. */
final class HuggingFaceNames {
    private static final Pattern LAYER = Pattern.compile("(encoder\\.layer|decoder\\.decoder_layers)\\.(\\d+)\\.(.+)");
    private static final Pattern ATTENTION =
            Pattern.compile("attention\\.attention\\.(query|key|value)\\.(weight|bias)");
    private static final Pattern OUR_BLOCK = Pattern.compile("(decoder_)?blocks\\.(\\d+)\\.(.+)");
    private static final List<String> SPLIT = List.of("query", "key", "value");

    /** Theirs to ours: outside of the blocks. */
    private static final Map<String, String> WHOLE = Map.of(
            "embeddings.cls_token", "cls_token",
            "embeddings.position_embeddings", "pos_embed",
            "decoder.mask_token", "mask_token",
            "decoder.decoder_pos_embed", "decoder_pos_embed");

    /** Theirs to ours: layers outside of the blocks, each a weight and a bias. */
    private static final Map<String, String> LAYERS = Map.of(
            "embeddings.patch_embeddings.projection", "patch_embed.proj",
            "layernorm", "norm",
            "classifier", "head",
            "decoder.decoder_embed", "decoder_embed",
            "decoder.decoder_norm", "decoder_norm",
            "decoder.decoder_pred", "decoder_pred");

    /** Theirs to ours: layers within a block. */
    private static final Map<String, String> BLOCK = Map.of(
            "layernorm_before", "norm1",
            "attention.output.dense", "attn.proj",
            "layernorm_after", "norm2",
            "intermediate.dense", "mlp.fc1",
            "output.dense", "mlp.fc2");

    private final String prefix;

    /** Names with a model's prefix, {@code vit.} where it is part of a larger one. */
    HuggingFaceNames(String prefix) {
        this.prefix = prefix;
    }

    Collection<CanonicalTensor> canonical(List<TensorInfo> tensors) {
        Map<String, CanonicalTensor> ours = new LinkedHashMap<>();
        Map<String, TensorInfo[]> attention = new LinkedHashMap<>();
        for (TensorInfo tensor : tensors) {
            String name = NamingScheme.without(prefix, tensor.name());
            Matcher layer = LAYER.matcher(name);
            if (layer.matches()) {
                String block = (layer.group(1).startsWith("encoder") ? "blocks." : "decoder_blocks.") + layer.group(2);
                Matcher part = ATTENTION.matcher(layer.group(3));
                if (part.matches()) {
                    attention
                            .computeIfAbsent(block + ".attn.qkv." + part.group(2), key -> new TensorInfo[SPLIT.size()])[
                            SPLIT.indexOf(part.group(1))] = tensor;
                    continue;
                }
                name = block + "." + renamed(BLOCK, layer.group(3));
            } else {
                name = WHOLE.getOrDefault(name, renamed(LAYERS, name));
            }
            ours.put(name, CanonicalTensor.renamed(tensor, name));
        }
        attention.forEach((name, parts) ->
                join(name, parts).forEach(t -> ours.put(t.info().name(), t)));
        return ours.values();
    }

    private static String renamed(Map<String, String> layers, String name) {
        int dot = name.lastIndexOf('.');
        String layer = dot < 0 ? null : layers.get(name.substring(0, dot));
        return layer == null ? name : layer + name.substring(dot);
    }

    /** Query, key and value below one another; where one is absent they stay apart, and so come out as unexpected. */
    private static List<CanonicalTensor> join(String name, TensorInfo[] parts) {
        List<TensorInfo> present = new ArrayList<>();
        for (TensorInfo part : parts) {
            if (part != null) {
                present.add(part);
            }
        }
        boolean alike = present.stream()
                .allMatch(part -> part.shape().equals(present.get(0).shape()));
        if (present.size() < SPLIT.size() || !alike || present.get(0).shape().isEmpty()) {
            return present.stream()
                    .map(part -> CanonicalTensor.renamed(part, part.name()))
                    .toList();
        }
        List<Long> shape = new ArrayList<>(present.get(0).shape());
        shape.set(0, SPLIT.size() * shape.get(0));
        return List.of(new CanonicalTensor(
                new TensorInfo(name, DType.F32, shape),
                present.stream().map(TensorInfo::name).toList(),
                file -> joined(file, present)));
    }

    private static float[] joined(TensorFile file, List<TensorInfo> parts) throws IOException {
        int size = Math.toIntExact(parts.get(0).size());
        float[] values = new float[size * parts.size()];
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(CanonicalTensor.floats(file, parts.get(i)), 0, values, i * size, size);
        }
        return values;
    }

    /** The tensors that one of ours becomes, in order: three for queries, keys and values, each a third of it. */
    List<TensorInfo> theirs(TensorInfo ours) {
        String name = ours.name();
        Matcher block = OUR_BLOCK.matcher(name);
        if (!block.matches()) {
            String whole = key(WHOLE, name).orElseGet(() -> layer(LAYERS, name));
            return List.of(new TensorInfo(prefixed(whole), ours.dtype(), ours.shape()));
        }
        String layer = block.group(1) == null ? "encoder.layer." : "decoder.decoder_layers.";
        String stem = prefixed(layer + block.group(2) + ".");
        if (!block.group(3).startsWith("attn.qkv.")) {
            return List.of(new TensorInfo(stem + layer(BLOCK, block.group(3)), ours.dtype(), ours.shape()));
        }
        List<Long> shape = new ArrayList<>(ours.shape());
        shape.set(0, shape.get(0) / SPLIT.size());
        String leaf = name.substring(name.lastIndexOf('.'));
        return SPLIT.stream()
                .map(part -> new TensorInfo(stem + "attention.attention." + part + leaf, ours.dtype(), shape))
                .toList();
    }

    private String prefixed(String name) {
        return name.startsWith("decoder.") || name.startsWith("classifier.") ? name : prefix + name;
    }

    private static String layer(Map<String, String> layers, String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0
                ? name
                : key(layers, name.substring(0, dot))
                        .map(layer -> layer + name.substring(dot))
                        .orElse(name);
    }

    private static Optional<String> key(Map<String, String> names, String value) {
        return names.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
