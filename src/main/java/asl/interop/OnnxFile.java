package asl.interop;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights of an ONNX file: initializers whose data stand raw in the file or in one beside it. Messages are walked over,
 * not built, and data mapped when asked for.
 */
final class OnnxFile implements TensorFile {
    /** Fields of the messages that are looked at, by ONNX's onnx.proto. */
    private static final int MODEL_GRAPH = 7;

    private static final int MODEL_METADATA = 14;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW = 9;
    private static final int TENSOR_EXTERNAL = 13;
    private static final int MOST_DIMENSIONS = 64;
    private static final int LONGEST_TEXT = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final Map<String, Weight> weights = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** @param file empty where the data stand in this one */
    private record Weight(TensorInfo info, String file, long start) {}

    private OnnxFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        if (channel.size() > Integer.MAX_VALUE) {
            throw bad("is larger than a message of its format can be");
        }
        try {
            model(CodedInputStream.newInstance(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())));
        } catch (IOException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
        if (weights.isEmpty()) {
            throw bad("holds no weights as raw data");
        }
    }

    /** Opens and checks a file; throws an IOException of one line that names it. */
    static OnnxFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new OnnxFile(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void model(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == MODEL_GRAPH) {
                int outer = in.pushLimit(in.readRawVarint32());
                graph(in);
                in.popLimit(outer);
            } else if (field == MODEL_METADATA) {
                String[] entry = entry(in);
                metadata.put(entry[0], entry[1]);
            } else {
                skip(in, tag);
            }
        }
    }

    private void graph(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == GRAPH_INITIALIZER) {
                int outer = in.pushLimit(in.readRawVarint32());
                tensor(in);
                in.popLimit(outer);
            } else {
                skip(in, tag);
            }
        }
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) {
            throw new IOException("has a field that is not known");
        }
    }

    private void tensor(CodedInputStream in) throws IOException {
        List<Long> shape = new ArrayList<>();
        Map<String, String> external = new LinkedHashMap<>();
        String name = "";
        int type = 0;
        long start = -1;
        long length = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case TENSOR_DIMS -> dimensions(in, tag, shape);
                case TENSOR_TYPE -> type = in.readInt32();
                case TENSOR_NAME -> name = text(in);
                case TENSOR_RAW -> {
                    length = in.readRawVarint32();
                    start = in.getTotalBytesRead();
                    in.skipRawBytes((int) length);
                }
                case TENSOR_EXTERNAL -> {
                    String[] entry = entry(in);
                    external.put(entry[0], entry[1]);
                }
                default -> skip(in, tag);
            }
        }
        if (start < 0 && external.isEmpty()) {
            return; // a constant of the graph, with its values as a list
        }
        TensorInfo info = new TensorInfo(name, type(name, type), shape);
        Weight weight = start >= 0
                ? new Weight(info, "", start)
                : new Weight(info, external.getOrDefault("location", "?"), number(external.get("offset")));
        if (byteSize(info) != (start >= 0 ? length : number(external.get("length"))) || weight.start() < 0) {
            throw new IOException(name + " claims " + info.dtype() + " " + shape + " in " + length + " bytes");
        }
        if (weights.put(name, weight) != null) {
            throw new IOException(name + " is in it twice");
        }
    }

    private static void dimensions(CodedInputStream in, int tag, List<Long> shape) throws IOException {
        boolean packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        int outer = packed ? in.pushLimit(in.readRawVarint32()) : 0;
        do {
            if (!packed || in.getBytesUntilLimit() > 0) {
                shape.add(in.readInt64());
            }
            if (shape.size() > MOST_DIMENSIONS || shape.get(shape.size() - 1) < 0) {
                throw new IOException("claims the shape " + shape);
            }
        } while (packed && in.getBytesUntilLimit() > 0);
        if (packed) {
            in.popLimit(outer);
        }
    }

    private static String[] entry(CodedInputStream in) throws IOException {
        String[] entry = {"", ""};
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == 1 || field == 2) {
                entry[field - 1] = text(in);
            } else {
                skip(in, tag);
            }
        }
        in.popLimit(outer);
        return entry;
    }

    private static String text(CodedInputStream in) throws IOException {
        String text = in.readString();
        if (text.length() > LONGEST_TEXT) {
            throw new IOException("holds a text of " + text.length() + " characters");
        }
        return text;
    }

    private static long number(@Nullable String text) {
        return text == null ? 0 : text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    private static long byteSize(TensorInfo info) throws IOException {
        try {
            return info.byteSize();
        } catch (ArithmeticException e) {
            throw new IOException(info.name() + " claims the shape " + info.shape(), e);
        }
    }

    /** By the numbers of TensorProto.DataType. */
    private static DType type(String name, int number) throws IOException {
        return switch (number) {
            case 1 -> DType.F32;
            case 2 -> DType.U8;
            case 3 -> DType.I8;
            case 5 -> DType.I16;
            case 6 -> DType.I32;
            case 7 -> DType.I64;
            case 9 -> DType.BOOL;
            case 10 -> DType.F16;
            case 11 -> DType.F64;
            case 16 -> DType.BF16;
            default -> throw new IOException(name + " is of type " + number + ", which is not known");
        };
    }

    @Override
    public List<TensorInfo> tensors() {
        return weights.values().stream().map(Weight::info).toList();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    @Override
    public ByteBuffer data(String name) throws IOException {
        Weight weight = weights.get(name);
        if (weight == null) {
            throw bad("holds no " + name);
        }
        if (weight.file().isEmpty()) {
            return map(channel, weight);
        }
        if (!weight.file().matches("[\\w.-]+") || weight.file().startsWith("..")) {
            throw bad(name + " stands in " + weight.file() + ", which is not a file beside this one");
        }
        try (FileChannel other = FileChannel.open(path.resolveSibling(weight.file()))) {
            return map(other, weight);
        }
    }

    private ByteBuffer map(FileChannel from, Weight weight) throws IOException {
        long size = weight.info().byteSize();
        if (size > Integer.MAX_VALUE || weight.start() > from.size() - size) {
            throw bad(weight.info().name() + " claims bytes " + weight.start() + " to " + (weight.start() + size));
        }
        return from.map(FileChannel.MapMode.READ_ONLY, weight.start(), size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private IOException bad(String complaint) {
        return new IOException(path + ": not a whole ONNX file: " + Printable.line(complaint));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
