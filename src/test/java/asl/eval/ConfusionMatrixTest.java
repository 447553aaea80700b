package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    private final ConfusionMatrix matrix = new ConfusionMatrix(List.of("cat", "dog, small", "never"));

    {
        matrix.add(0, 0);
        matrix.add(0, 0);
        matrix.add(0, 1);
        matrix.add(1, 1);
    }

    @Test
    void countsAndShares() {
        assertThat(matrix.count(0, 1)).isEqualTo(1);
        assertThat(matrix.count(1, 0)).isZero();
        assertThat(matrix.accuracy()).isEqualTo(0.75);
        assertThat(matrix.recall(0)).isEqualTo(2.0 / 3);
        assertThat(matrix.recall(2)).isNaN();
    }

    @Test
    void csvQuotesNamesThatNeedIt() {
        assertThat(matrix.csv())
                .isEqualTo("label,cat,\"dog, small\",never\ncat,2,1,0\n\"dog, small\",0,1,0\nnever,0,0,0\n");
    }

    @Test
    void pictureShowsSharesOfTheRow() {
        BufferedImage picture = matrix.draw();
        // Cells of 48 pixels, 8 from the lower right corner; their corners hold no digit.
        int right = picture.getWidth() - 8;
        int bottom = picture.getHeight() - 8;
        assertThat(picture.getRGB(right - 3 * 48 + 2, bottom - 3 * 48 + 2) & 0xFFFFFF)
                .isEqualTo(ColorScale.rgb(2.0 / 3));
        assertThat(picture.getRGB(right - 2 * 48 + 2, bottom - 2 * 48 + 2) & 0xFFFFFF)
                .isEqualTo(ColorScale.rgb(1));
        assertThat(picture.getRGB(right - 2, bottom - 2) & 0xFFFFFF).isEqualTo(ColorScale.rgb(Double.NaN));
    }

    @Test
    void manyClassesStillFit() {
        List<String> names =
                IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
        assertThat(new ConfusionMatrix(names).draw().getWidth()).isEqualTo(1000);
    }
}
