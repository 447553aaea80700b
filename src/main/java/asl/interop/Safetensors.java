package asl.interop;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: eight bytes of header length, a JSON header, the data. Files are mapped tensor by tensor, so
 * their size is not bounded by the heap; a header that does not fit its file is refused before anything is read by it.
 */
public final class Safetensors implements TensorFile {
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String METADATA = "__metadata__";
    /** A hundred times what the largest vision models need; as JSON's tree a header takes twenty times its length. */
    private static final long LONGEST_HEADER = 16 << 20;

    private final Path path;
    private final FileChannel channel;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(TensorInfo info, long start) {}

    private Safetensors(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        byte[] head = read(0, 8, "is shorter than a header");
        long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > LONGEST_HEADER || length > channel.size() - 8) {
            throw bad("claims a header of " + Long.toUnsignedString(length) + " bytes");
        }
        byte[] text = read(8, (int) length, "ends within its header");
        JsonNode header = parse(new String(text, StandardCharsets.UTF_8));
        List<Entry> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                readMetadata(field.getValue());
            } else {
                all.add(entry(field.getKey(), field.getValue(), 8 + length));
            }
        }
        checkCover(all, 8 + length);
        all.forEach(entry -> entries.put(entry.info().name(), entry));
    }

    /** Opens and checks a file; throws an IOException of one line that names it. */
    public static Safetensors open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new Safetensors(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void readMetadata(JsonNode texts) throws IOException {
        for (Map.Entry<String, JsonNode> text : texts.properties()) {
            if (!text.getValue().isTextual()) {
                throw bad("has metadata that is not text");
            }
            metadata.put(text.getKey(), text.getValue().asText());
        }
        if (!texts.isObject()) {
            throw bad("has metadata that is not a JSON object");
        }
    }

    private JsonNode parse(String text) throws IOException {
        try {
            JsonNode header = JSON.readTree(text);
            if (header.isObject()) {
                return header;
            }
        } catch (JsonProcessingException e) {
            throw bad("has a header that is not JSON: " + e.getOriginalMessage());
        }
        throw bad("has a header that is not a JSON object");
    }

    private Entry entry(String name, JsonNode node, long dataStart) throws IOException {
        JsonNode offsets = node.path("data_offsets");
        JsonNode sizes = node.path("shape");
        DType dtype = DType.of(node.path("dtype").asText())
                .orElseThrow(() -> bad(name + " is of type " + node.path("dtype") + ", which is not known"));
        if (offsets.size() != 2
                || !offsets.path(0).isIntegralNumber()
                || !offsets.path(1).isIntegralNumber()) {
            throw bad(name + " has no data_offsets [start, end]");
        }
        List<Long> shape = new ArrayList<>();
        for (JsonNode size : sizes) {
            if (!size.canConvertToLong() || !size.isIntegralNumber() || size.longValue() < 0) {
                throw bad(name + " has a size of " + size);
            }
            shape.add(size.longValue());
        }
        if (!sizes.isArray()) {
            throw bad(name + " has no shape");
        }
        TensorInfo info = new TensorInfo(name, dtype, shape);
        long start = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        if (start < 0 || end < start || end > channel.size() - dataStart || byteSize(info) != end - start) {
            throw bad(name + ", " + dtype + " " + shape + ", claims bytes " + start + " to " + end);
        }
        return new Entry(info, dataStart + start);
    }

    private long byteSize(TensorInfo info) throws IOException {
        try {
            return info.byteSize();
        } catch (ArithmeticException e) {
            throw bad(info.name() + " claims the shape " + info.shape());
        }
    }

    /** The format allows neither gaps nor overlaps. */
    private void checkCover(List<Entry> all, long dataStart) throws IOException {
        long end = dataStart;
        List<Entry> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingLong(Entry::start)
                .thenComparingLong(entry -> entry.info().byteSize()));
        for (Entry entry : sorted) {
            if (entry.start() != end) {
                throw bad(entry.info().name() + " begins at byte " + entry.start() + ", not at " + end);
            }
            end += entry.info().byteSize();
        }
        if (end != channel.size()) {
            throw bad("is " + channel.size() + " bytes long, its tensors end at " + end);
        }
    }

    @Override
    public List<TensorInfo> tensors() {
        return entries.values().stream().map(Entry::info).toList();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    @Override
    public ByteBuffer data(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw bad("holds no " + name);
        }
        long size = entry.info().byteSize();
        if (size > Integer.MAX_VALUE) {
            throw bad(name + " is larger than 2 GiB");
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, entry.start(), size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] read(long position, int length, String complaint) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw bad(complaint);
            }
        }
        return bytes;
    }

    private IOException bad(String complaint) {
        return new IOException(path + ": not a whole safetensors file: " + Printable.line(complaint));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Where the writer takes the data of a tensor from; asked once each, in order. */
    public interface Data {
        /** Little-endian, row-major, from position to limit. */
        ByteBuffer of(TensorInfo tensor) throws IOException;
    }

    /** Writes a new file, one tensor at a time, down to the disk. */
    public static void write(Path path, Map<String, String> metadata, List<TensorInfo> tensors, Data data)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = header.putObject(METADATA);
            metadata.forEach(texts::put);
        }
        long end = 0;
        for (TensorInfo tensor : tensors) {
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", tensor.dtype().name());
            tensor.shape().forEach(entry.putArray("shape")::add);
            long start = end;
            end += tensor.byteSize();
            entry.putArray("data_offsets").add(start).add(end);
        }
        byte[] text = JSON.writeValueAsBytes(header);
        int padded = (text.length + 7) / 8 * 8;
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(text).put(" ".repeat(padded - text.length).getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, head.flip());
            for (TensorInfo tensor : tensors) {
                ByteBuffer bytes = data.of(tensor);
                if (bytes.remaining() != tensor.byteSize()) {
                    throw new IllegalArgumentException(tensor + " was given " + bytes.remaining() + " bytes of data");
                }
                writeFully(channel, bytes);
            }
            channel.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
