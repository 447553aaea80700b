package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ImageSize;
import asl.data.image.Augmentation;
import asl.data.image.CenterCrop;
import asl.data.image.RawImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SequentialLoaderTest {
    private static final SampleTransform AS_IS =
            SampleTransform.of(new Augmentation(new CenterCrop(2, 2, 2), ImageSize.square(2), 1, 0));

    @Test
    void seesEveryImageOnceInItsOrder() {
        List<Long> samples = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        List<String> told = new ArrayList<>();
        try (SequentialLoader loader = loader(new Numbered(23, 100), new ShardedSampler.Place(0, 1), told)) {
            read(loader, samples, sizes);
        }
        assertThat(samples).hasSize(23).isSorted().doesNotHaveDuplicates();
        assertThat(sizes).containsExactly(5, 5, 5, 5, 3);
        assertThat(told).isEmpty();
    }

    @Test
    void leavesBadImagesOutAndTellsOfThem() {
        List<Long> samples = new ArrayList<>();
        List<String> told = new ArrayList<>();
        try (SequentialLoader loader = loader(new Numbered(60, 20), new ShardedSampler.Place(0, 1), told)) {
            read(loader, samples, new ArrayList<>());
        }
        assertThat(samples).hasSize(57).doesNotContain(0L, 20L, 40L);
        assertThat(told).hasSize(3).allMatch(line -> line.matches("skipped number \\d+: torn"));
    }

    @Test
    void endsWhenTooManyAreBad() {
        try (SequentialLoader loader =
                loader(new Numbered(100, 3), new ShardedSampler.Place(0, 1), new ArrayList<>())) {
            assertThatThrownBy(() -> read(loader, new ArrayList<>(), new ArrayList<>()))
                    .isInstanceOf(TooManyBadImagesException.class);
        }
    }

    /** So that what is computed of a batch does not depend on the number of ranks. */
    @Test
    void ranksShareTheBatchesOfOne() {
        assertThat(ofRank(0, 2)).containsExactly(0L, 1L, 2L, 3L, 4L, 10L, 11L);
        assertThat(ofRank(1, 2)).containsExactly(5L, 6L, 7L, 8L, 9L);
        assertThat(ofRank(3, 4)).isEmpty();
    }

    private static List<Long> ofRank(int rank, int ranks) {
        List<Long> samples = new ArrayList<>();
        try (SequentialLoader loader =
                loader(new Numbered(12, 100), new ShardedSampler.Place(rank, ranks), new ArrayList<>())) {
            read(loader, samples, new ArrayList<>());
        }
        return samples;
    }

    @Test
    void aBatchThatCannotBeReadIsEmpty() {
        List<Integer> sizes = new ArrayList<>();
        try (SequentialLoader loader = loader(new Numbered(12, 1), new ShardedSampler.Place(1, 4), new ArrayList<>())) {
            read(loader, new ArrayList<>(), sizes);
        }
        assertThat(sizes).containsExactly(0);
    }

    private static SequentialLoader loader(ImageSource source, ShardedSampler.Place place, List<String> told) {
        BatchLoader.Options options = new BatchLoader.Options(0, 5, 2, 2, 0.1);
        return new SequentialLoader(source, AS_IS, options, place, told::add);
    }

    private static void read(SequentialLoader loader, List<Long> samples, List<Integer> sizes) {
        for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
            Batch batch = next.get();
            sizes.add(batch.samples().size());
            samples.addAll(batch.samples());
            for (int i = 0; i < batch.samples().size(); i++) {
                assertThat((long) batch.images().get(4 * i))
                        .isEqualTo(batch.samples().get(i));
                assertThat((long) batch.labels().get(i))
                        .isEqualTo(batch.samples().get(i) % 7);
            }
        }
    }

    /** Images that hold their own number; those divisible by {@code bad}, the first too if there are more, are torn. */
    private record Numbered(int size, int bad) implements ImageSource {
        @Override
        public String name(int index) {
            return "number " + index;
        }

        @Override
        public Content read(int index) throws IOException {
            if (size > bad && index % bad == 0) {
                throw new IOException("torn");
            }
            byte value = (byte) index;
            return new Raw(new RawImage(new byte[] {value, value, value, value}, 2, 2, 1));
        }

        @Override
        public int label(int index) {
            return index % 7;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public String describe() {
            return "numbers";
        }
    }
}
