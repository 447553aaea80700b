package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParamGroupsTest {
    @ParameterizedTest
    @ValueSource(strings = {"cls", "pool"})
    void layerDecayAgreesWithTheReference(String features) throws IOException {
        JsonNode golden = golden().get("groups." + features);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        golden.fieldNames().forEachRemaining(name -> shapes.put(name, shapeOf(name)));

        Map<String, ParamGroups.Group> groups = ParamGroups.layerwise(shapes, 0.05, 0.65);

        assertThat(groups).hasSameSizeAs(shapes);
        groups.forEach((name, group) -> {
            JsonNode expected = golden.get(name);
            assertThat(group.lrScale())
                    .as(name)
                    .isCloseTo(expected.get("lr_scale").doubleValue(), within(1e-15));
            assertThat(group.weightDecay())
                    .as(name)
                    .isEqualTo(expected.get("weight_decay").doubleValue());
        });
    }

    @Test
    void preTrainingDecaysTokensAndWeightsButNeitherBiasesNorNorms() {
        Map<String, ParamGroups.Group> groups = ParamGroups.uniform(
                Map.of(
                        "cls_token", new Shape(1, 1, 4),
                        "blocks.0.attn.qkv.weight", new Shape(12, 4),
                        "blocks.0.attn.qkv.bias", new Shape(12),
                        "norm.weight", new Shape(4)),
                0.05);
        ParamGroups.Group decayed = new ParamGroups.Group(1, 0.05);
        ParamGroups.Group free = new ParamGroups.Group(1, 0);
        assertThat(groups)
                .containsEntry("cls_token", decayed)
                .containsEntry("blocks.0.attn.qkv.weight", decayed)
                .containsEntry("blocks.0.attn.qkv.bias", free)
                .containsEntry("norm.weight", free);
    }

    @Test
    void countsBlocksOfTwoDigits() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            shapes.put("blocks." + i + ".attn.qkv.weight", new Shape(12, 4));
        }
        shapes.put("head.weight", new Shape(3, 4));
        Map<String, ParamGroups.Group> groups = ParamGroups.layerwise(shapes, 0.05, 0.5);
        assertThat(groups)
                .containsEntry("head.weight", new ParamGroups.Group(1, 0.05))
                .containsEntry("blocks.11.attn.qkv.weight", new ParamGroups.Group(0.5, 0.05))
                .containsEntry("blocks.0.attn.qkv.weight", new ParamGroups.Group(Math.pow(0.5, 12), 0.05));
    }

    /** Shapes of a width-24 model, of which only the number of dimensions matters. */
    private static Shape shapeOf(String name) {
        if (name.endsWith(".bias") || name.contains("norm")) {
            return new Shape(24);
        }
        return name.endsWith(".weight") ? new Shape(24, 24) : new Shape(1, 17, 24);
    }

    private static JsonNode golden() throws IOException {
        try (InputStream stream = ParamGroupsTest.class.getResourceAsStream("/golden/eval_tiny.json")) {
            return new ObjectMapper().readTree(stream);
        }
    }
}
