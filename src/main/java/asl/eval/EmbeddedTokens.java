package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import asl.config.Pool;
import asl.model.FrozenEncoder;
import java.util.List;

/** What an encoder makes of images, of the kinds that are asked for, as rows of one width behind each other. */
public record EmbeddedTokens(FrozenEncoder encoder, List<Kind> kinds) implements ImageFeatures {
    /** What is taken of the tokens. */
    public enum Kind {
        /** The [cls] token after the encoder's norm. */
        CLS,
        /** The mean patch token, normed without weights. */
        AVG,
        /** Every patch token after the encoder's norm, row by row of the image. */
        PATCH
    }

    public EmbeddedTokens {
        kinds = List.copyOf(kinds);
    }

    /** Rows of a kind for each image. */
    int rows(Kind kind) {
        return kind == Kind.PATCH ? encoder.model().patches() : 1;
    }

    @Override
    public List<Pool> pools() {
        return List.of(); // rows are told apart by kind
    }

    @Override
    public int width() {
        return encoder.model().embedDim();
    }

    @Override
    public String identity() {
        return "tokens " + kinds;
    }

    /** [B, rows, D], the kinds in their order. */
    @Override
    public NDArray of(NDManager results, NDArray images) {
        boolean pooled = kinds.contains(Kind.CLS) || kinds.contains(Kind.AVG);
        NDList features = pooled ? new NDList(encoder.features(results, images)) : new NDList(); // [2, B, D]
        NDList parts = new NDList();
        for (Kind kind : kinds) {
            parts.add(
                    switch (kind) {
                        case CLS -> features.head().get(0).expandDims(1); // [B, 1, D]
                        case AVG -> features.head().get(1).expandDims(1);
                        case PATCH -> encoder.tokens(results, images).get(new NDIndex(":, 1:")); // [B, N, D]
                    });
        }
        return parts.size() == 1 ? parts.head() : parts.get(0).concat(rest(parts), 1);
    }

    private static NDArray rest(NDList parts) {
        NDArray rest = parts.get(1);
        for (int i = 2; i < parts.size(); i++) {
            rest = rest.concat(parts.get(i), 1);
        }
        return rest;
    }
}
