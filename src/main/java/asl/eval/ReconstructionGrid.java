package asl.eval;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a masked autoencoder sees and makes of it, one column an image: original, masked, reconstructed, and reconstructed
 * with the visible patches put back (as He et al., Masked Autoencoders, Fig. 2). Small images are enlarged.
 */
public final class ReconstructionGrid {
    private static final int SMALLEST_CELL = 96;
    private static final int GAP = 4;
    /** What stands for a removed patch. */
    private static final float GREY = 0.5f;

    private static final Color TEXT = new Color(0x333333);

    private final int patchSize;
    private final PixelFont font = new PixelFont(1);

    public ReconstructionGrid(int patchSize) {
        this.patchSize = patchSize;
    }

    /**
     * Draws the grid.
     *
     * @param original the images
     * @param reconstructed the decoder's output for every patch, de-normalised where {@code norm_pix_loss} is on
     * @param mask [B, N], 1 = removed
     */
    public BufferedImage draw(PixelBatch original, PixelBatch reconstructed, float[] mask) {
        int patches = (original.height() / patchSize) * (original.width() / patchSize);
        if (mask.length != original.count() * patches || original.values().length != reconstructed.values().length) {
            throw new IllegalArgumentException("%s, reconstruction of %s, mask of %d: they do not belong together"
                    .formatted(original, reconstructed, mask.length));
        }
        float[] grey = new float[original.values().length];
        Arrays.fill(grey, GREY);
        Map<String, PixelBatch> rows = new LinkedHashMap<>();
        rows.put("original", original);
        rows.put("masked", replaceRemoved(original, grey, mask));
        rows.put("reconstructed", reconstructed);
        rows.put("+ visible", replaceRemoved(original, reconstructed.values(), mask));
        return grid(rows);
    }

    /** The image where patches are visible, {@code other} where they were removed. */
    private PixelBatch replaceRemoved(PixelBatch image, float[] other, float[] mask) {
        float[] mixed = image.values().clone();
        int gridWidth = image.width() / patchSize;
        int gridHeight = image.height() / patchSize;
        int run = image.channels();
        for (int b = 0; b < image.count(); b++) {
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    if (mask[(b * gridHeight + y / patchSize) * gridWidth + x / patchSize] > 0) {
                        int at = ((b * image.height() + y) * image.width() + x) * run;
                        System.arraycopy(other, at, mixed, at, run);
                    }
                }
            }
        }
        return new PixelBatch(mixed, image.count(), image.height(), image.width(), image.channels());
    }

    private BufferedImage grid(Map<String, PixelBatch> rows) {
        PixelBatch first = rows.values().iterator().next();
        int side = Math.max(first.height(), first.width());
        int zoom = (SMALLEST_CELL + side - 1) / side;
        int stepX = first.width() * zoom + GAP;
        int stepY = first.height() * zoom + GAP;
        int labels = GAP + rows.keySet().stream().mapToInt(font::width).max().orElseThrow();
        BufferedImage picture = new BufferedImage(
                labels + GAP + first.count() * stepX, GAP + rows.size() * stepY, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        graphics.setColor(TEXT);
        int y = GAP;
        for (Map.Entry<String, PixelBatch> row : rows.entrySet()) {
            font.draw(graphics, row.getKey(), GAP, y + (stepY - GAP - font.height()) / 2);
            for (int b = 0; b < first.count(); b++) {
                graphics.drawImage(row.getValue().image(b, zoom), labels + GAP + b * stepX, y, null);
            }
            y += stepY;
        }
        graphics.dispose();
        return picture;
    }
}
