package asl.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reference vectors: {@code NAME.safetensors} among the test resources, and {@code NAME.json} beside it. The system
 * property {@code asl.golden.NAME}, a path without ending, names others of the same layout to test against instead.
 */
public final class GoldenVectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final byte[] file;
    private final JsonNode header;
    private final int dataStart;

    private GoldenVectors(byte[] file) throws IOException {
        this.file = file;
        int length = Math.toIntExact(
                ByteBuffer.wrap(file, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong());
        this.dataStart = 8 + length;
        this.header = JSON.readTree(file, 8, length);
    }

    /** The arrays of NAME. */
    public static GoldenVectors load(String name) throws IOException {
        return new GoldenVectors(read(name, ".safetensors"));
    }

    /** The page of figures beside the arrays of NAME. */
    public static JsonNode page(String name) throws IOException {
        return JSON.readTree(read(name, ".json"));
    }

    private static byte[] read(String name, String ending) throws IOException {
        String other = System.getProperty("asl.golden." + name);
        if (other != null) {
            return Files.readAllBytes(Path.of(other + ending));
        }
        try (InputStream in = GoldenVectors.class.getResourceAsStream("/golden/" + name + ending)) {
            if (in == null) {
                throw new IOException("golden/" + name + ending + " is not among the test resources");
            }
            return in.readAllBytes();
        }
    }

    /** A text of the vectors' metadata. */
    public String metadata(String key) {
        return entry("__metadata__").path(key).asText();
    }

    /** Names of all arrays that begin with the prefix, without it. */
    public List<String> names(String prefix) {
        List<String> names = new ArrayList<>();
        header.fieldNames().forEachRemaining(name -> {
            if (name.startsWith(prefix)) {
                names.add(name.substring(prefix.length()));
            }
        });
        return names;
    }

    public Shape shape(String name) {
        JsonNode sizes = entry(name).get("shape");
        return new Shape(IntStream.range(0, sizes.size())
                .mapToLong(i -> sizes.get(i).longValue())
                .toArray());
    }

    /** A float32 array. */
    public NDArray array(NDManager manager, String name) {
        return manager.create(floats(name), shape(name));
    }

    /** The values of a float32 array. */
    public float[] floats(String name) {
        float[] values = new float[Math.toIntExact(shape(name).size())];
        data(name).asFloatBuffer().get(values);
        return values;
    }

    /** The values of an int64 array. */
    public int[] ints(String name) {
        int[] values = new int[Math.toIntExact(shape(name).size())];
        ByteBuffer data = data(name);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(data.getLong());
        }
        return values;
    }

    private ByteBuffer data(String name) {
        JsonNode range = entry(name).get("data_offsets");
        int start = range.get(0).intValue();
        return ByteBuffer.wrap(file, dataStart + start, range.get(1).intValue() - start)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private JsonNode entry(String name) {
        JsonNode entry = header.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(name + ": not among the vectors");
        }
        return entry;
    }

    /** Largest difference over the largest expected value: what "1e-5 relative" is measured by. */
    public static double difference(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new AssertionError(actual.length + " values, expected " + expected.length);
        }
        double largest = 0;
        double scale = 0;
        for (int i = 0; i < actual.length; i++) {
            double difference = Math.abs((double) actual[i] - expected[i]);
            largest = difference >= largest ? difference : Double.isNaN(difference) ? Double.NaN : largest;
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return largest / scale;
    }
}
