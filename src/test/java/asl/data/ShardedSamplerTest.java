package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.data.ImageSource.Share;
import asl.data.ShardedSampler.Place;
import asl.data.ShardedSampler.Shuffle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ShardedSamplerTest {
    @Test
    void anEpochTakesEveryImageOnceInAnOrderOfItsOwn() {
        ShardedSampler sampler = new ShardedSampler(new Numbers(101), 7, 10, new Place(0, 1), false);
        List<Integer> first = epoch(sampler, 0);
        List<Integer> second = epoch(sampler, 1);
        assertThat(first).hasSize(101).containsExactlyInAnyOrderElementsOf(numbers(0, 101));
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
        assertThat(epoch(sampler, 0)).isEqualTo(first);
    }

    @Test
    void ranksShareTheBatchesOfOneProcess() {
        ShardedSampler one = new ShardedSampler(new Numbers(100), 3, 12, new Place(0, 1), true);
        for (int batch = 0; batch < one.batchesPerEpoch(); batch++) {
            List<Integer> together = new ArrayList<>();
            for (int rank = 0; rank < 4; rank++) {
                ShardedSampler part = new ShardedSampler(new Numbers(100), 3, 3, new Place(rank, 4), true);
                assertThat(part.batchesPerEpoch()).isEqualTo(one.batchesPerEpoch());
                Arrays.stream(part.batch(5, batch)).forEach(together::add);
            }
            assertThat(together)
                    .containsExactlyInAnyOrder(
                            Arrays.stream(one.batch(5, batch)).boxed().toArray(Integer[]::new));
        }
    }

    /** 29 images in batches of 12: of the last five, three ranks have two, two and one. */
    @Test
    void aLastBatchWeighsEachRankByItsImages() {
        int[] images = {2, 2, 1};
        for (int rank = 0; rank < 3; rank++) {
            ShardedSampler part = new ShardedSampler(new Numbers(29), 3, 4, new Place(rank, 3), false);
            assertThat(part.weight(1)).isEqualTo(1);
            assertThat(part.batch(0, 2)).hasSize(images[rank]);
            assertThat(part.weight(2)).isEqualTo(images[rank] * 3 / 5.0);
        }
        assertThat(new ShardedSampler(new Numbers(29), 3, 12, new Place(0, 1), false).weight(2))
                .isEqualTo(1);
    }

    /** 29 images in batches of 12: of the last five, two ranks have a pair, and one the image that is its own partner. */
    @Test
    void imagesThatAreMixedStayTogether() {
        int[][] lasts = {{0, 4}, {1, 3}, {2}};
        ShardedSampler one = new ShardedSampler(new Numbers(29), 3, 12, new Place(0, 1), false);
        for (int rank = 0; rank < 3; rank++) {
            ShardedSampler part = new ShardedSampler(new Numbers(29), 3, 4, new Place(rank, 3), false).inPairs();
            int[] whole = one.batch(0, 1);
            assertThat(part.batch(0, 1))
                    .containsExactly(whole[rank], whole[rank + 3], whole[11 - rank - 3], whole[11 - rank]);
            assertThat(part.weight(1)).isEqualTo(1);
            int[] last = Arrays.stream(lasts[rank]).map(i -> one.batch(0, 2)[i]).toArray();
            assertThat(part.batch(0, 2)).isEqualTo(last);
            assertThat(part.weight(2)).isEqualTo(last.length * 3 / 5.0);
        }
        assertThat(one.inPairs().batch(0, 2)).isEqualTo(one.batch(0, 2));
        ShardedSampler odd = new ShardedSampler(new Numbers(29), 3, 3, new Place(0, 2), true);
        assertThatThrownBy(odd::inPairs).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dropLastLeavesOutWhatDoesNotFillABatch() {
        assertThat(new ShardedSampler(new Numbers(25), 0, 10, new Place(0, 1), true).batchesPerEpoch())
                .isEqualTo(2);
        ShardedSampler all = new ShardedSampler(new Numbers(25), 0, 10, new Place(0, 1), false);
        assertThat(all.batchesPerEpoch()).isEqualTo(3);
        assertThat(all.batch(0, 2)).hasSize(5);
    }

    @Test
    void weightedSharesAreGoneThroughBeforeAnythingIsRepeated() {
        ImageSource mix = new MixedSource(List.of(new Numbers(10), new Numbers(90)), List.of(1.0, 1.0));
        assertThat(mix.shares()).containsExactly(new Share(0, 10, 50), new Share(10, 90, 50));
        ShardedSampler sampler = new ShardedSampler(mix, 0, 10, new Place(0, 1), true);
        List<Integer> drawn = new ArrayList<>();
        for (int epoch = 0; epoch < 9; epoch++) {
            drawn.addAll(epoch(sampler, epoch));
        }
        for (int image = 0; image < 10; image++) {
            assertThat(drawn).filteredOn(Integer.valueOf(image)::equals).hasSize(45);
        }
        for (int image = 10; image < 100; image++) {
            assertThat(drawn).filteredOn(Integer.valueOf(image)::equals).hasSize(5);
        }
    }

    @Test
    void aWindowTakesSoManyShardsAtATime() {
        ImageSource source = new Numbers(103, List.of(0, 10, 20, 30, 40, 50, 60, 70, 80, 90));
        ShardedSampler sampler = windowed(source, new Place(0, 1), 3, 10);
        List<Integer> first = epoch(sampler, 0);
        assertThat(first).hasSize(103).containsExactlyInAnyOrderElementsOf(numbers(0, 103));
        assertThat(epoch(sampler, 1)).isNotEqualTo(first);
        assertThat(epoch(windowed(source, new Place(0, 1), 3, 10), 0)).isEqualTo(first);
        int at = 0;
        Set<Integer> seen = new HashSet<>();
        for (int window = 0; window < 4; window++) {
            Set<Integer> shards = new HashSet<>();
            int next = at;
            while (next < first.size() && (shards.size() < 3 || shards.contains(shard(first.get(next))))) {
                shards.add(shard(first.get(next++)));
            }
            List<Integer> images = first.subList(at, next);
            assertThat(images)
                    .hasSize(
                            images.stream().anyMatch(image -> image >= 90)
                                    ? 10 * shards.size() + 3
                                    : 10 * shards.size());
            assertThat(seen).doesNotContainAnyElementsOf(shards);
            assertThat(images).isNotEqualTo(images.stream().sorted().toList());
            seen.addAll(shards);
            at = next;
        }
        assertThat(seen).hasSize(10);
    }

    @Test
    void ranksShareTheWindowsOfOneProcess() {
        ImageSource source = new Numbers(100, List.of(0, 7, 50, 51, 80));
        List<Integer> together = new ArrayList<>();
        for (int rank = 0; rank < 3; rank++) {
            together.addAll(epoch(windowed(source, new Place(rank, 3), 2, 4), 6));
        }
        assertThat(together).doesNotHaveDuplicates().hasSize(100);
        ShardedSampler one = windowed(source, new Place(0, 1), 2, 12);
        ShardedSampler part = windowed(source, new Place(1, 3), 2, 4);
        assertThat(Arrays.stream(one.batch(6, 3)).boxed().toList()).contains(part.batch(6, 3)[0], part.batch(6, 3)[3]);
    }

    @Test
    void windowsOfAMixKeepItsShares() {
        ImageSource mix = new MixedSource(
                List.of(new Numbers(40, List.of(0, 20)), new Numbers(60, List.of(0, 30))), List.of(3.0, 1.0));
        List<Integer> drawn = epoch(windowed(mix, new Place(0, 1), 2, 10), 1);
        assertThat(drawn).hasSize(100).filteredOn(image -> image < 40).hasSize(75);
    }

    private static ShardedSampler windowed(ImageSource source, Place place, int window, int batchSize) {
        return new ShardedSampler(source, new Shuffle(7, window), batchSize, place, false);
    }

    private static int shard(int image) {
        return Math.min(9, image / 10);
    }

    private static List<Integer> epoch(ShardedSampler sampler, int epoch) {
        List<Integer> images = new ArrayList<>();
        for (long batch = 0; batch < sampler.batchesPerEpoch(); batch++) {
            Arrays.stream(sampler.batch(epoch, batch)).forEach(images::add);
        }
        return images;
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** A source without content. */
    private record Numbers(int size, List<Integer> partStarts) implements ImageSource {
        Numbers(int size) {
            this(size, List.of(0));
        }

        @Override
        public String name(int index) {
            return "image " + index;
        }

        @Override
        public Content read(int index) throws IOException {
            throw new IOException("no content");
        }

        @Override
        public int label(int index) {
            return NO_LABEL;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public String describe() {
            return size + " numbers";
        }
    }
}
