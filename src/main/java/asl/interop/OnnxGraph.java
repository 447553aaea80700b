package asl.interop;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Puts an ONNX graph together node by node; each result has the name that the next node takes. */
final class OnnxGraph {
    private final GraphProto.Builder graph;
    private int values;

    OnnxGraph(String name) {
        graph = GraphProto.newBuilder().setName(name);
    }

    /** A node; what it yields gets a name of its own. */
    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        String output = operator.toLowerCase(Locale.ROOT) + "_" + values++;
        return node(operator, output, inputs, attributes);
    }

    String node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(Arrays.asList(attributes)));
        return output;
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    static AttributeProto real(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    /** A constant list of whole numbers. */
    String constant(long... values) {
        String name = "constant_" + this.values++;
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        Arrays.stream(values).forEach(tensor::addInt64Data);
        graph.addInitializer(tensor);
        return name;
    }

    /** A constant float scalar. */
    String scalar(double value) {
        String name = "constant_" + values++;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData((float) value));
        return name;
    }

    /** A weight, float32, with its data, for a graph. */
    static TensorProto weight(TensorInfo tensor, ByteBuffer data) {
        return described(tensor).setRawData(ByteString.copyFrom(data)).build();
    }

    /** A weight in another file beside this. */
    void externalWeight(TensorInfo tensor, String file, long offset) {
        graph.addInitializer(described(tensor)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", file))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(tensor.byteSize()))));
    }

    private static TensorProto.Builder described(TensorInfo tensor) {
        return TensorProto.newBuilder()
                .setName(tensor.name())
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addAllDims(tensor.shape());
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** Declares an input: float32, any batch size. */
    void input(String name, long... sizes) {
        graph.addInput(value(name, sizes));
    }

    void output(String name, long... sizes) {
        graph.addOutput(value(name, sizes));
    }

    private static ValueInfoProto value(String name, long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("batch");
        Arrays.stream(sizes).forEach(size -> shape.addDimBuilder().setDimValue(size));
        TypeProto.Builder type = TypeProto.newBuilder();
        type.getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(shape);
        return ValueInfoProto.newBuilder().setName(name).setType(type).build();
    }

    GraphProto build() {
        return graph.build();
    }
}
