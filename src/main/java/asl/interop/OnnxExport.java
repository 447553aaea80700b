package asl.interop;

import static asl.interop.OnnxGraph.integer;
import static asl.interop.OnnxGraph.integers;
import static asl.interop.OnnxGraph.real;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Writes an encoder as ONNX, opset 17: {@code images} [batch, C, H, W], normalised, to {@code features} [batch, D] and
 * {@code tokens} [batch, 1 + N, D]; or a classifier, to {@code logits} [batch, classes]. Weights keep timm's names and layouts. Large ones stand in a second file, as a
 * message of the format ends at 2 GiB.
 */
final class OnnxExport {
    private static final long OPSET = 17;
    private static final long IR_VERSION = 8;
    private static final long LARGEST_INSIDE = 1L << 30;
    private static final AttributeProto EPSILON = real("epsilon", ExportModel.EPSILON);

    private final ExportModel model;
    private final OnnxGraph graph = new OnnxGraph("vit");

    private OnnxExport(ExportModel model) {
        this.model = model;
    }

    static void write(ExportModel model, Contents contents, Path path, Map<String, String> metadata)
            throws IOException {
        List<TensorInfo> weights = model.needed(contents);
        OnnxExport export = new OnnxExport(model);
        boolean inside = weights.stream().mapToLong(TensorInfo::byteSize).sum() <= LARGEST_INSIDE;
        if (!inside) {
            export.externalWeights(weights, path.resolveSibling(path.getFileName() + ".data"));
        }
        String tokens = export.tokens();
        if (contents == Contents.CLASSIFIER) {
            export.logits(tokens);
        } else {
            export.features(tokens);
        }
        ModelProto.Builder file = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("asl")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(export.graph.build());
        metadata.forEach((key, value) -> file.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
            file.build().writeTo(out);
            // Messages behind one another are one message, so that weights can follow, one at a time in memory.
            for (TensorInfo weight : inside ? weights : List.<TensorInfo>of()) {
                GraphProto.Builder part = GraphProto.newBuilder()
                        .addInitializer(
                                OnnxGraph.weight(weight, model.checkpoint().data(weight.name())));
                ModelProto.newBuilder().setGraph(part).build().writeTo(out);
            }
        }
    }

    private void externalWeights(List<TensorInfo> weights, Path file) throws IOException {
        long offset = 0;
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (TensorInfo weight : weights) {
                graph.externalWeight(weight, file.getFileName().toString(), offset);
                ByteBuffer data = model.checkpoint().data(weight.name());
                offset += data.remaining();
                while (data.hasRemaining()) {
                    out.write(data);
                }
            }
        }
    }

    /** What the last block yields: [B, 1 + N, D]. */
    private String tokens() {
        ArchitectureGuess vit = model.architecture();
        long d = vit.width();
        long p = vit.patchSize();
        graph.input(
                "images",
                vit.channels(),
                model.pixels().size().get(0),
                model.pixels().size().get(1));
        String x = graph.node(
                "Conv",
                List.of("images", "patch_embed.proj.weight", "patch_embed.proj.bias"),
                integers("kernel_shape", p, p),
                integers("strides", p, p));
        x = graph.node("Reshape", List.of(x, graph.constant(0, d, vit.patches())));
        x = transpose(x, 0, 2, 1); // [B, N, D]
        String batch = graph.node("Shape", List.of("images"), integer("start", 0), integer("end", 1));
        String size = graph.node("Concat", List.of(batch, graph.constant(1, d)), integer("axis", 0));
        String cls = graph.node("Expand", List.of("cls_token", size));
        x = add(graph.node("Concat", List.of(cls, x), integer("axis", 1)), "pos_embed");
        for (int i = 0; i < vit.depth(); i++) {
            x = block(x, "blocks." + i + ".");
        }
        return x;
    }

    private void features(String x) {
        graph.node("LayerNormalization", "tokens", List.of(x, "norm.weight", "norm.bias"), EPSILON);
        graph.node("Gather", "features", List.of("tokens", squeezed(0)), integer("axis", 1));
        ArchitectureGuess vit = model.architecture();
        graph.output("features", vit.width());
        graph.output("tokens", 1 + vit.patches(), vit.width());
    }

    private void logits(String x) {
        String pooled = model.averages()
                ? graph.node(
                        "ReduceMean",
                        List.of(graph.node(
                                "Slice",
                                List.of(x, graph.constant(1), graph.constant(Integer.MAX_VALUE), graph.constant(1)))),
                        integers("axes", 1),
                        integer("keepdims", 0))
                : graph.node("Gather", List.of(x, squeezed(0)), integer("axis", 1));
        graph.node("Identity", "logits", List.of(linear(norm(pooled, model.headNorm()), "head")));
        graph.output("logits", model.architecture().classes());
    }

    /** A whole number without dimensions, so that Gather takes the axis away. */
    private String squeezed(long value) {
        return graph.node("Squeeze", List.of(graph.constant(value)));
    }

    private String block(String x, String block) {
        String y = add(x, attention(norm(x, block + "norm1"), block + "attn."));
        String h = linear(norm(y, block + "norm2"), block + "mlp.fc1");
        return add(y, linear(gelu(h), block + "mlp.fc2"));
    }

    private String attention(String x, String layer) {
        long d = model.architecture().width();
        long heads = model.heads().encoder();
        String qkv =
                graph.node("Reshape", List.of(linear(x, layer + "qkv"), graph.constant(0, 0, 3, heads, d / heads)));
        qkv = transpose(qkv, 2, 0, 3, 1, 4); // [3, B, heads, L, D / heads]
        String q = graph.node("Gather", List.of(qkv, squeezed(0)), integer("axis", 0));
        String k = graph.node("Gather", List.of(qkv, squeezed(1)), integer("axis", 0));
        String v = graph.node("Gather", List.of(qkv, squeezed(2)), integer("axis", 0));
        String scaled = graph.node("Mul", List.of(q, graph.scalar(1 / Math.sqrt((double) d / heads))));
        String scores = graph.node("MatMul", List.of(scaled, transpose(k, 0, 1, 3, 2)));
        String mixed = graph.node("MatMul", List.of(graph.node("Softmax", List.of(scores), integer("axis", -1)), v));
        String joined = graph.node("Reshape", List.of(transpose(mixed, 0, 2, 1, 3), graph.constant(0, 0, d)));
        return linear(joined, layer + "proj");
    }

    /** Exact: x / 2 (1 + erf(x / sqrt 2)). */
    private String gelu(String x) {
        String erf = graph.node("Erf", List.of(graph.node("Mul", List.of(x, graph.scalar(Math.sqrt(0.5))))));
        String gate = graph.node("Add", List.of(erf, graph.scalar(1)));
        return graph.node("Mul", List.of(graph.node("Mul", List.of(x, gate)), graph.scalar(0.5)));
    }

    private String norm(String x, String layer) {
        return graph.node("LayerNormalization", List.of(x, layer + ".weight", layer + ".bias"), EPSILON);
    }

    private String linear(String x, String layer) {
        return add(graph.node("MatMul", List.of(x, transpose(layer + ".weight", 1, 0))), layer + ".bias");
    }

    private String add(String a, String b) {
        return graph.node("Add", List.of(a, b));
    }

    private String transpose(String x, long... axes) {
        return graph.node("Transpose", List.of(x), integers("perm", axes));
    }
}
