package asl.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configuration of a case of the reference vectors, from their own metadata. */
public final class ReferenceConfig {
    private static final Map<String, String> KEYS = Map.of(
            "model.image_size", "image_size",
            "model.patch_size", "patch_size",
            "model.width", "embed_dim",
            "model.depth", "depth",
            "model.heads", "heads",
            "decoder.width", "decoder_dim",
            "decoder.depth", "decoder_depth",
            "decoder.heads", "decoder_heads",
            "method.mask_ratio", "mask_ratio");

    private ReferenceConfig() {}

    /** Settings over the defaults. */
    public static List<String> sets(GoldenVectors golden, String name) {
        String branch = name.startsWith("aee") ? "aee" : name.equals("dle") ? "dle" : "none";
        String align = switch (name) {
            case "mae", "aee_noalign" -> "none";
            case "aee_cosine" -> "cosine";
            default -> "l1";
        };
        List<String> sets = new ArrayList<>(List.of(
                "model.size=auto",
                "method.branch=" + branch,
                "method.align=" + align,
                "method.reconstruct=" + (name.equals("aee_original") ? "original" : "both")));
        KEYS.forEach((key, entry) -> sets.add(key + "=" + golden.metadata(entry)));
        sets.add("method.norm_pix_loss=" + golden.metadata("norm_pix_loss").equals("True"));
        return sets;
    }
}
