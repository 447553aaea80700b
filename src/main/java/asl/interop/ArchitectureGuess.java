package asl.interop;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the shapes of weights say of the model they are of. The number of heads leaves no trace in them.
 *
 * @param width D
 * @param depth blocks of the encoder
 * @param patchSize pixels along a patch
 * @param patches N
 * @param decoderWidth 0 where there is no decoder, like decoderDepth
 * @param classes 0 where there is no head
 */
public record ArchitectureGuess(
        int width,
        int depth,
        int patchSize,
        int channels,
        int patches,
        int decoderWidth,
        int decoderDepth,
        int classes,
        Set<Part> parts) {
    /** What a checkpoint may hold. */
    public enum Part {
        ENCODER,
        DECODER,
        AEE_BLOCK,
        HEAD
    }

    private static final Pattern BLOCK = Pattern.compile("(decoder_)?blocks\\.(\\d{1,4})\\..+");

    public ArchitectureGuess {
        parts = Set.copyOf(parts);
    }

    /** Reads our names; empty unless patch embedding and positions are there and fit each other. */
    static Optional<ArchitectureGuess> of(List<TensorInfo> tensors) {
        Map<String, TensorInfo> byName =
                tensors.stream().collect(Collectors.toMap(TensorInfo::name, Function.identity()));
        TensorInfo patch = byName.get("patch_embed.proj.weight");
        TensorInfo positions = byName.get("pos_embed");
        if (patch == null
                || patch.shape().size() != 4
                || positions == null
                || positions.shape().size() != 3
                || !patch.shape().get(2).equals(patch.shape().get(3))) {
            return Optional.empty();
        }
        TensorInfo decoder = byName.get("decoder_embed.weight");
        TensorInfo head = byName.get("head.weight");
        Set<Part> parts = EnumSet.of(Part.ENCODER);
        if (decoder != null) {
            parts.add(Part.DECODER);
        }
        if (head != null) {
            parts.add(Part.HEAD);
        }
        if (byName.containsKey("aee_block.attn.qkv.weight")) {
            parts.add(Part.AEE_BLOCK);
        }
        long patches = positions.shape().get(1) - (byName.containsKey("cls_token") ? 1 : 0);
        return Optional.of(new ArchitectureGuess(
                size(patch, 0),
                blocks(tensors, false),
                size(patch, 2),
                size(patch, 1),
                (int) Math.min(Math.max(0, patches), Integer.MAX_VALUE),
                decoder == null ? 0 : size(decoder, 0),
                blocks(tensors, true),
                head == null ? 0 : size(head, 0),
                parts));
    }

    private static int size(TensorInfo tensor, int dimension) {
        return dimension < tensor.shape().size() ? (int) Math.min(tensor.shape().get(dimension), Integer.MAX_VALUE) : 0;
    }

    private static int blocks(List<TensorInfo> tensors, boolean decoder) {
        int blocks = 0;
        for (TensorInfo tensor : tensors) {
            Matcher name = BLOCK.matcher(tensor.name());
            if (name.matches() && (name.group(1) != null) == decoder) {
                blocks = Math.max(blocks, 1 + Integer.parseInt(name.group(2)));
            }
        }
        return blocks;
    }

    /** Patches along each side, if they make a square. */
    public OptionalInt gridSide() {
        int side = (int) Math.round(Math.sqrt(patches));
        return side > 0 && side * side == patches ? OptionalInt.of(side) : OptionalInt.empty();
    }

    /** timm's name of the public size that it has, if it has one. */
    public Optional<String> size() {
        return switch (width + "/" + depth) {
            case "192/12" -> Optional.of("tiny");
            case "384/12" -> Optional.of("small");
            case "768/12" -> Optional.of("base");
            case "1024/24" -> Optional.of("large");
            case "1280/32" -> Optional.of("huge");
            default -> Optional.empty();
        };
    }
}
