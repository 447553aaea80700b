package asl.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomErasingTest {
    private static final int DRAWS = 20_000;

    @Test
    void erasesTheGivenShareOfImages() {
        RandomErasing erasing = new RandomErasing(0.25, 1);
        int erased = 0;
        for (int i = 0; i < DRAWS; i++) {
            erased += erasing.draw(224, 224, stream(i)).size();
        }
        assertThat(erased / (double) DRAWS).isCloseTo(0.25, within(0.01));
    }

    @Test
    void boxesLieInTheImageWithTheDefinedAreasAndAspects() {
        RandomErasing erasing = new RandomErasing(1, 1);
        double area = 0;
        int full = 0;
        for (int i = 0; i < DRAWS; i++) {
            List<Box> boxes = erasing.draw(224, 160, stream(i));
            if (boxes.isEmpty()) {
                continue;
            }
            Box box = boxes.get(0);
            full++;
            assertThat(box.top()).isNotNegative();
            assertThat(box.left()).isNotNegative();
            assertThat(box.bottom()).isLessThanOrEqualTo(224);
            assertThat(box.right()).isLessThanOrEqualTo(160);
            double share = box.area() / (224.0 * 160);
            assertThat(share).isBetween(0.019, 0.34);
            assertThat((double) box.height() / box.width()).isBetween(0.28, 3.5);
            area += share;
        }
        assertThat(full).isGreaterThan(DRAWS * 99 / 100);
        // Uniform between 2 % and a third; boxes that do not fit are large, so a little under its mean of 0.177.
        assertThat(area / full).isBetween(0.16, 0.178);
    }

    @Test
    void givesUpOnImagesInWhichNoBoxFits() {
        assertThat(new RandomErasing(1, 1).draw(1, 1, stream(0))).isEmpty();
    }

    @Test
    void severalBoxesShareTheArea() {
        RandomErasing erasing = new RandomErasing(1, 3);
        int[] numbers = new int[4];
        for (int i = 0; i < DRAWS; i++) {
            List<Box> boxes = erasing.draw(224, 224, stream(i));
            numbers[boxes.size()]++;
            double area = boxes.stream().mapToInt(Box::area).sum() / (224.0 * 224);
            assertThat(area).isLessThan(0.345);
        }
        assertThat(numbers[1]).isBetween(DRAWS * 3 / 10, DRAWS * 37 / 100);
        assertThat(numbers[3]).isBetween(DRAWS * 3 / 10, DRAWS * 37 / 100);
    }

    @Test
    void refusesProbabilitiesOutOfRange() {
        assertThatThrownBy(() -> new RandomErasing(1.5, 1)).hasMessageContaining("1.5 is not between 0 and 1");
    }

    private static RandomStream stream(long sample) {
        return RandomStream.of(0, Purpose.AUGMENT, 0, sample);
    }
}
