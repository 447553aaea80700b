package asl.interop;

/** Which part of a model an export holds; names of files begin with it. */
public enum Contents {
    ENCODER,
    /** The decoder and AEE's layer too. */
    FULL,
    /** The encoder under a fine-tuned head. */
    CLASSIFIER;

    boolean holds(String name) {
        return switch (this) {
            case ENCODER -> !VitWeights.beyondEncoder(name) && !name.startsWith("fc_norm.");
            case FULL -> true;
            case CLASSIFIER -> !VitWeights.beyondEncoder(name) || name.startsWith("head.");
        };
    }
}
