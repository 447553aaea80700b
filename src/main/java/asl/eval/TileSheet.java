package asl.eval;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures in rows, each row under its name. */
public final class TileSheet {
    private static final int GAP = 6;

    private TileSheet() {}

    /** One named row of pictures. */
    public record Row(String name, List<BufferedImage> tiles) {}

    /** Draws the rows below each other on white. */
    public static BufferedImage draw(List<Row> rows) {
        PixelFont font = new PixelFont(1);
        int width = 0;
        int height = GAP;
        for (Row row : rows) {
            int across = GAP;
            for (BufferedImage tile : row.tiles()) {
                across += tile.getWidth() + GAP;
            }
            width = Math.max(width, Math.max(across, font.width(row.name()) + 2 * GAP));
            height += font.height() + GAP + tallest(row) + GAP;
        }
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Color.DARK_GRAY);
        int y = GAP;
        for (Row row : rows) {
            font.draw(graphics, row.name(), GAP, y);
            y += font.height() + GAP;
            int x = GAP;
            for (BufferedImage tile : row.tiles()) {
                graphics.drawImage(tile, x, y, null);
                x += tile.getWidth() + GAP;
            }
            y += tallest(row) + GAP;
        }
        graphics.dispose();
        return sheet;
    }

    private static int tallest(Row row) {
        return row.tiles().stream().mapToInt(BufferedImage::getHeight).max().orElse(0);
    }
}
