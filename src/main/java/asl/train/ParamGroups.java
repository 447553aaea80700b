package asl.train;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learning-rate scale and weight decay of every parameter, by its timm name: the no-decay rule of pre-training and the
 * layer-wise decay of fine-tuning (BEiT and MAE, RECIPES 1.2 and 1.3).
 */
public final class ParamGroups {
    /** The part that one parameter takes of the learning rate, and its weight decay. */
    public record Group(double lrScale, double weightDecay) {}

    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");

    /** Fine-tuning trains the positions; neither they nor the class token are pulled towards 0. */
    private static final Set<String> TOKENS = Set.of("pos_embed", "cls_token");

    private ParamGroups() {}

    /**
     * One learning rate for all; no decay on biases and 1-D parameters. The class and mask tokens are 3-D and do decay,
     * as in the public code.
     */
    public static Map<String, Group> uniform(Map<String, Shape> shapes, double weightDecay) {
        Map<String, Group> groups = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> groups.put(name, new Group(1, decays(name, shape) ? weightDecay : 0)));
        return groups;
    }

    /**
     * Layer-wise decay: with L blocks, embedding and tokens are layer 0, block i is layer i + 1, all after the blocks is
     * layer L + 1, and a layer's scale is {@code layerDecay^(L + 1 - layer)}. No weight decay on 1-D parameters, the
     * positions and the class token.
     */
    public static Map<String, Group> layerwise(Map<String, Shape> shapes, double weightDecay, double layerDecay) {
        int last = 1 + blocks(shapes);
        Map<String, Group> groups = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            double scale = Math.pow(layerDecay, last - layer(name, last));
            double decay = decays(name, shape) && !TOKENS.contains(name) ? weightDecay : 0;
            groups.put(name, new Group(scale, decay));
        });
        return groups;
    }

    private static boolean decays(String name, Shape shape) {
        return shape.dimension() > 1 && !name.endsWith(".bias");
    }

    private static int blocks(Map<String, Shape> shapes) {
        return shapes.keySet().stream()
                .map(BLOCK::matcher)
                .filter(Matcher::matches)
                .mapToInt(block -> Integer.parseInt(block.group(1)) + 1)
                .max()
                .orElse(0);
    }

    private static int layer(String name, int last) {
        if (TOKENS.contains(name) || name.startsWith("patch_embed.")) {
            return 0;
        }
        Matcher block = BLOCK.matcher(name);
        return block.matches() ? Integer.parseInt(block.group(1)) + 1 : last;
    }
}
