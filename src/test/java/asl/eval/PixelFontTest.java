package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PixelFontTest {
    private static String drawn(String text) {
        BufferedImage image = new BufferedImage(20, 8, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        new PixelFont(1).draw(graphics, text, 0, 0);
        graphics.dispose();
        StringBuilder dots = new StringBuilder();
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 20; x++) {
                dots.append((image.getRGB(x, y) & 0xFFFFFF) == 0 ? '.' : '#');
            }
        }
        return dots.toString();
    }

    @Test
    void everyPrintableCharacterHasAShapeOfItsOwn() {
        Set<String> shapes = new HashSet<>();
        for (char c = ' '; c <= '~'; c++) {
            shapes.add(drawn(String.valueOf(c)));
        }
        shapes.add(drawn("\u00e9"));
        assertThat(shapes).hasSize('~' - ' ' + 2);
    }

    @Test
    void widthLeavesOutTheLastGap() {
        assertThat(new PixelFont(2).width("abc")).isEqualTo(34);
        assertThat(new PixelFont(2).width("")).isZero();
    }
}
