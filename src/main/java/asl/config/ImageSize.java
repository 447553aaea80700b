package asl.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/** Height and width in pixels; written as one number where they are equal, else as [height, width]. */
public record ImageSize(int height, int width) {
    /** Reads {@code 224} or {@code [192, 256]}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ImageSize of(JsonNode node) {
        if (node.isInt()) {
            return square(node.intValue());
        }
        if (node.isArray()
                && node.size() == 2
                && node.get(0).isInt()
                && node.get(1).isInt()) {
            return new ImageSize(node.get(0).intValue(), node.get(1).intValue());
        }
        throw new IllegalArgumentException("expected a number or [height, width], not " + node);
    }

    public static ImageSize square(int side) {
        return new ImageSize(side, side);
    }

    @JsonValue
    Object toJson() {
        return height == width ? height : new int[] {height, width};
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
