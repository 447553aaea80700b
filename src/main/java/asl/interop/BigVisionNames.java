package asl.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names and layouts of big_vision and of the original JAX models. Kernels are [in, out] there, patches [p, p, C, D], heads
 * an axis of their own; positions may come without a row for [cls], which then has none: zeros.
 */
final class BigVisionNames {
    private static final Pattern BLOCK = Pattern.compile("Transformer/encoderblock_(\\d+)/(\\w+)/(.+)");
    private static final String ATTENTION = "MultiHeadDotProductAttention_";
    private static final List<String> SPLIT = List.of("query", "key", "value");

    private static final Map<String, String> WHOLE = Map.of(
            "cls", "cls_token",
            "embedding/bias", "patch_embed.proj.bias",
            "Transformer/encoder_norm/scale", "norm.weight",
            "Transformer/encoder_norm/bias", "norm.bias",
            "head/bias", "head.bias");

    private final String prefix;

    BigVisionNames(String prefix) {
        this.prefix = prefix;
    }

    Collection<CanonicalTensor> canonical(List<TensorInfo> tensors) {
        Map<String, TensorInfo> theirs = new LinkedHashMap<>();
        tensors.forEach(tensor -> theirs.put(NamingScheme.without(prefix, tensor.name()), tensor));
        List<CanonicalTensor> ours = new ArrayList<>();
        theirs.forEach((name, tensor) -> {
            Matcher block = BLOCK.matcher(name);
            if (block.matches()) {
                block(block, tensor, theirs, ours);
            } else {
                ours.add(whole(name, tensor, theirs.containsKey("cls")));
            }
        });
        return ours;
    }

    private static CanonicalTensor whole(String name, TensorInfo tensor, boolean cls) {
        List<Long> shape = tensor.shape();
        if (name.equals("embedding/kernel") && shape.size() == 4 && tensor.size() > 0) {
            List<Long> out = List.of(shape.get(3), shape.get(2), shape.get(0), shape.get(1)); // [D, C, p, p]
            return permuted(tensor, "patch_embed.proj.weight", out, new int[] {3, 2, 0, 1});
        }
        if (name.equals("head/kernel") && shape.size() == 2 && tensor.size() > 0) {
            return transposed(tensor, "head.weight", shape.get(0));
        }
        if (name.endsWith("pos_embedding") && shape.size() == 3) {
            return positions(tensor, cls);
        }
        return CanonicalTensor.renamed(tensor, WHOLE.getOrDefault(name, name));
    }

    /** The original models have a row for [cls], so that 1 + N is odd where N is a square of an even number. */
    private static CanonicalTensor positions(TensorInfo tensor, boolean cls) {
        long rows = tensor.shape().get(1);
        long width = tensor.shape().get(2);
        long side = Math.round(Math.sqrt((double) rows));
        if (!cls || side * side != rows) {
            return CanonicalTensor.renamed(tensor, "pos_embed");
        }
        return new CanonicalTensor(
                new TensorInfo("pos_embed", DType.F32, 1, rows + 1, width), List.of(tensor.name()), file -> {
                    float[] values = new float[Math.toIntExact((rows + 1) * width)];
                    System.arraycopy(
                            CanonicalTensor.floats(file, tensor), 0, values, (int) width, values.length - (int) width);
                    return values;
                });
    }

    private static void block(
            Matcher name, TensorInfo tensor, Map<String, TensorInfo> theirs, List<CanonicalTensor> ours) {
        String block = "blocks." + name.group(1) + ".";
        String module = name.group(2);
        String rest = name.group(3);
        List<Long> shape = tensor.shape();
        if (shape.isEmpty() || tensor.size() == 0) {
            ours.add(CanonicalTensor.renamed(tensor, tensor.name()));
        } else if (module.startsWith("LayerNorm_")) {
            String layer = module.equals("LayerNorm_0") ? "norm1." : "norm2."; // the second counts 1 or 2
            ours.add(CanonicalTensor.renamed(tensor, block + layer + (rest.equals("scale") ? "weight" : rest)));
        } else if (module.startsWith("MlpBlock_") && rest.matches("Dense_[01]/(kernel|bias)")) {
            String layer = block + (rest.startsWith("Dense_0") ? "mlp.fc1." : "mlp.fc2.");
            ours.add(linear(tensor, layer, rest, shape.get(0)));
        } else if (module.startsWith(ATTENTION) && rest.startsWith("out/")) {
            ours.add(linear(tensor, block + "attn.proj.", rest, tensor.size() / shape.get(shape.size() - 1)));
        } else if (module.startsWith(ATTENTION) && rest.matches("(query|key|value)/(kernel|bias)")) {
            String leaf = rest.substring(rest.indexOf('/'));
            String stem = name.group().substring(0, name.start(3));
            List<TensorInfo> parts = SPLIT.stream()
                    .map(split -> theirs.get(stem + split + leaf))
                    .filter(part -> part != null && part.shape().equals(shape))
                    .toList();
            if (parts.size() < SPLIT.size()) {
                ours.add(CanonicalTensor.renamed(tensor, tensor.name()));
            } else if (tensor.equals(parts.get(0))) {
                ours.add(attention(parts, block + "attn.qkv.", rest));
            }
        } else {
            ours.add(CanonicalTensor.renamed(tensor, tensor.name()));
        }
    }

    private static CanonicalTensor linear(TensorInfo tensor, String layer, String rest, long in) {
        return rest.endsWith("bias")
                ? CanonicalTensor.shaped(tensor, layer + "bias", List.of(tensor.size()))
                : transposed(tensor, layer + "weight", in);
    }

    /** query, key and value, kernels [D, H, D / H] or biases [H, D / H], as one layer of ours. */
    private static CanonicalTensor attention(List<TensorInfo> parts, String layer, String rest) {
        boolean bias = rest.endsWith("bias");
        long in = bias ? 1 : parts.get(0).shape().get(0);
        long out = parts.get(0).size() / in;
        List<Long> shape = bias ? List.of(3 * out) : List.of(3 * out, in);
        return new CanonicalTensor(
                new TensorInfo(layer + (bias ? "bias" : "weight"), DType.F32, shape),
                parts.stream().map(TensorInfo::name).toList(),
                file -> {
                    float[] values = new float[Math.toIntExact(3 * out * in)];
                    for (int i = 0; i < parts.size(); i++) {
                        float[] part = transpose(CanonicalTensor.floats(file, parts.get(i)), (int) in);
                        System.arraycopy(part, 0, values, i * part.length, part.length);
                    }
                    return values;
                });
    }

    private static CanonicalTensor transposed(TensorInfo tensor, String name, long in) {
        List<Long> shape = List.of(tensor.size() / in, in);
        return new CanonicalTensor(
                new TensorInfo(name, DType.F32, shape),
                List.of(tensor.name()),
                file -> transpose(CanonicalTensor.floats(file, tensor), (int) in));
    }

    /** [rows, columns] to [columns, rows]. */
    private static float[] transpose(float[] values, int rows) {
        int columns = values.length / rows;
        float[] out = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                out[column * rows + row] = values[row * columns + column];
            }
        }
        return out;
    }

    private static CanonicalTensor permuted(TensorInfo tensor, String name, List<Long> shape, int[] axes) {
        return new CanonicalTensor(
                new TensorInfo(name, DType.F32, shape), List.of(tensor.name()), file -> permute(file, tensor, axes));
    }

    private static float[] permute(TensorFile file, TensorInfo tensor, int[] axes) throws IOException {
        List<Long> from = tensor.shape();
        List<Long> shape = new ArrayList<>();
        List<Long> stride = new ArrayList<>();
        for (int axis : axes) {
            shape.add(from.get(axis));
            stride.add(from.subList(axis + 1, from.size()).stream().reduce(1L, (a, b) -> a * b));
        }
        TorchTensor.Storage storage = new TorchTensor.Storage("", tensor.dtype(), tensor.size());
        return FloatValues.of(
                tensor.dtype(), new TorchTensor(storage, 0, shape, stride).gather(file.data(tensor.name())));
    }
}
