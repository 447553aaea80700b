package asl.eval;

import java.awt.Graphics2D;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A font of 5 x 8 dots for printable ASCII, read from {@code font.txt}. Java2D's own text needs fonts and fontconfig on
 * the machine, which many cluster nodes lack; this needs nothing and gives the same pixels everywhere.
 */
final class PixelFont {
    private static final int COLUMNS = 5;
    private static final int ROWS = 8;
    private static final int ADVANCE = COLUMNS + 1;
    /** In the text of a glyph rows are apart by one blank. */
    private static final int ROW_STRIDE = COLUMNS + 1;

    private static final Map<Character, String> GLYPHS = load();
    /** A filled box. */
    private static final String UNKNOWN = "##### ##### ##### ##### ##### ##### ##### .....";

    private final int scale;

    /** @param scale pixels a dot */
    PixelFont(int scale) {
        this.scale = scale;
    }

    int width(String text) {
        return Math.max(0, scale * (text.length() * ADVANCE - 1));
    }

    int height() {
        return scale * ROWS;
    }

    /** Draws in the graphics' colour, {@code x, y} being the upper left corner; other characters show as a box. */
    void draw(Graphics2D graphics, String text, int x, int y) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != ' ') {
                glyph(graphics, GLYPHS.getOrDefault(text.charAt(i), UNKNOWN), x + scale * i * ADVANCE, y);
            }
        }
    }

    /** Draws from below to above, {@code x, y} being the lower left corner. */
    void drawUpwards(Graphics2D graphics, String text, int x, int y) {
        Graphics2D turned = (Graphics2D) graphics.create();
        turned.translate(x, y);
        turned.rotate(-Math.PI / 2);
        draw(turned, text, 0, 0);
        turned.dispose();
    }

    private void glyph(Graphics2D graphics, String dots, int x, int y) {
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                if (dots.charAt(row * ROW_STRIDE + column) == '#') {
                    graphics.fillRect(x + scale * column, y + scale * row, scale, scale);
                }
            }
        }
    }

    /** Lines of a character, a blank and its rows. */
    private static Map<Character, String> load() {
        try (InputStream in = PixelFont.class.getResourceAsStream("font.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .collect(Collectors.toUnmodifiableMap(line -> line.charAt(0), line -> line.substring(2)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
