package asl.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What no shape tells of a model, as texts beside its weights: what we write into our exports, and what Hugging Face keeps
 * in two more files of a folder.
 */
public final class ModelFacts {
    private static final String HEADS = "heads";
    private static final String DECODER_HEADS = "decoder_heads";
    private static final String CLASSES = "classes";
    private static final String MEAN = "mean";
    private static final String STD = "std";
    private static final long LONGEST_PAGE = 1 << 20;

    private ModelFacts() {}

    /** The texts of an export. */
    public static Map<String, String> texts(ExportModel.Heads heads, ExportModel.Pixels pixels) {
        Map<String, String> texts = new TreeMap<>();
        texts.put(HEADS, Integer.toString(heads.encoder()));
        if (heads.decoder() > 0) {
            texts.put(DECODER_HEADS, Integer.toString(heads.decoder()));
        }
        texts.put(MEAN, text(pixels.mean()));
        texts.put(STD, text(pixels.std()));
        return texts;
    }

    private static String text(List<Double> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** Attention heads, if they are told and can be: a divisor of the width. */
    public static OptionalInt heads(Map<String, String> metadata, int width) {
        return heads(metadata.getOrDefault(HEADS, ""), width);
    }

    /** Attention heads of the decoder. */
    public static OptionalInt decoderHeads(Map<String, String> metadata, int width) {
        return heads(metadata.getOrDefault(DECODER_HEADS, ""), width);
    }

    private static OptionalInt heads(String text, int width) {
        int heads = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
        return heads > 0 && width % heads == 0 ? OptionalInt.of(heads) : OptionalInt.empty();
    }

    /** Names of a head's classes, one a line; empty where they are not told. */
    public static List<String> classes(Map<String, String> metadata) {
        return metadata.containsKey(CLASSES)
                ? List.of(metadata.getOrDefault(CLASSES, "").split("\n"))
                : List.of();
    }

    /** Mean and deviation of the pixels, by channel. */
    public record Normalisation(List<Double> mean, List<Double> std) {}

    /** What images were normalised with, if that is told for as many channels. */
    public static Optional<Normalisation> pixels(Map<String, String> metadata, int channels) {
        List<Double> mean = numbers(metadata.getOrDefault(MEAN, ""));
        List<Double> std = numbers(metadata.getOrDefault(STD, ""));
        boolean sound = mean.size() == channels
                && std.size() == channels
                && std.stream().allMatch(value -> value > 0);
        return sound ? Optional.of(new Normalisation(mean, std)) : Optional.empty();
    }

    private static List<Double> numbers(String text) {
        List<Double> numbers = new ArrayList<>();
        for (String word : text.split(" ")) {
            if (!word.matches("-?\\d{1,9}(\\.\\d{1,20})?([eE]-?\\d{1,3})?")) {
                return List.of();
            }
            numbers.add(Double.valueOf(word));
        }
        return numbers;
    }

    /** What stands beside a file of weights in Hugging Face's folders; nothing where there is no such page. */
    static Map<String, String> beside(Path weights) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        JsonNode config = page(weights.resolveSibling("config.json"));
        if (config.path("num_attention_heads").isInt()) {
            texts.put(HEADS, config.path("num_attention_heads").asText());
        }
        if (config.path("decoder_num_attention_heads").isInt()) {
            texts.put(DECODER_HEADS, config.path("decoder_num_attention_heads").asText());
        }
        JsonNode images = page(weights.resolveSibling("preprocessor_config.json"));
        if (images.path("image_mean").isArray() && images.path("image_std").isArray()) {
            texts.put(MEAN, text(images.path("image_mean")));
            texts.put(STD, text(images.path("image_std")));
        }
        return texts;
    }

    private static String text(JsonNode values) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.asText()));
        return String.join(" ", texts);
    }

    /** Texts that were written as a JSON object; what else stands in it is passed over. */
    static Map<String, String> read(ByteBuffer json) throws IOException {
        byte[] bytes = new byte[json.remaining()];
        json.get(bytes);
        Map<String, String> texts = new TreeMap<>();
        try {
            new ObjectMapper().readTree(bytes).properties().forEach(field -> {
                if (field.getValue().isTextual()) {
                    texts.put(field.getKey(), field.getValue().asText());
                }
            });
        } catch (JsonProcessingException e) {
            throw new IOException("metadata that is not JSON: " + e.getOriginalMessage(), e);
        }
        return texts;
    }

    private static JsonNode page(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_PAGE) {
            return json.createObjectNode();
        }
        try {
            return json.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": not JSON: " + Printable.line(e.getOriginalMessage()), e);
        }
    }
}
