package asl.data.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;

/** Crops of the shipped photographs as Pillow 9.4 makes them. */
record GoldenCrops(String photo, CropView view, String expected) {
    static List<GoldenCrops> all() throws IOException {
        List<GoldenCrops> crops = new ArrayList<>();
        try (InputStream in = resource("crops.json")) {
            for (JsonNode crop : new ObjectMapper().readTree(in)) {
                CropBox box = CropBox.cut(
                        crop.get("x").asInt(),
                        crop.get("y").asInt(),
                        crop.get("width").asInt(),
                        crop.get("height").asInt());
                int size = crop.get("size").asInt();
                CropView view = new CropView(box, size, size, crop.get("flip").asBoolean(), 3);
                crops.add(new GoldenCrops(
                        crop.get("photo").asText(), view, crop.get("expected").asText()));
            }
        }
        return crops;
    }

    /** The encoded photograph. */
    byte[] encoded() throws IOException {
        return Files.readAllBytes(Path.of("configs", "photos", photo));
    }

    /** Pillow's pixels, [height, width, 3]. */
    byte[] pixels() throws IOException {
        try (InputStream in = resource(expected)) {
            BufferedImage image = ImageIO.read(in);
            return Pixels.rgb(image);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(GoldenCrops.class.getResourceAsStream("/crops/" + name), name);
    }

    @Override
    public String toString() {
        return expected + " of " + photo;
    }
}
