package asl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ConfigException;
import asl.config.ImageSize;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import asl.data.image.Augmentation;
import asl.data.image.RandomResizedCrop;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchLoaderTest {
    private static final int BATCH = 4;

    @TempDir
    private Path folder;

    private final List<String> skipped = Collections.synchronizedList(new ArrayList<>());

    @Test
    void batchesDoNotDependOnTheNumberOfWorkers() throws IOException {
        photographs(10);
        List<String> one = batches(1, 0, 8, 1);
        assertThat(batches(3, 0, 8, 1)).isEqualTo(one);
        assertThat(one).doesNotHaveDuplicates();
    }

    @Test
    void aLoaderThatBeginsLaterGoesOnTheSame() throws IOException {
        photographs(10);
        List<String> all = batches(2, 0, 8, 1);
        assertThat(batches(2, 5, 3, 1)).isEqualTo(all.subList(5, 8)); // across the end of two epochs
    }

    @Test
    void badImagesAreReplacedNamedOnceAndCounted() throws IOException {
        photographs(10);
        byte[] photograph = Files.readAllBytes(folder.resolve("3.jpg"));
        Files.write(folder.resolve("3.jpg"), java.util.Arrays.copyOf(photograph, photograph.length / 2));
        Files.write(folder.resolve("5.jpg"), new byte[0]);
        Files.writeString(folder.resolve("7.jpg"), "a letter");
        List<String> one = batches(1, 0, 10, 0.5);
        assertThat(skipped).hasSize(3);
        assertThat(skipped)
                .anySatisfy(line -> assertThat(line).contains("3.jpg").contains("truncated"));
        assertThat(skipped)
                .anySatisfy(line -> assertThat(line).contains("5.jpg").contains("empty"));
        assertThat(skipped)
                .anySatisfy(line -> assertThat(line).contains("7.jpg").contains("not a JPEG"));
        assertThat(batches(3, 0, 10, 0.5)).isEqualTo(one);
    }

    @Test
    void tooManyBadImagesEndTheRun() throws IOException {
        photographs(10);
        for (int i = 0; i < 4; i++) {
            Files.write(folder.resolve(i + ".jpg"), new byte[0]);
        }
        assertThatThrownBy(() -> batches(2, 0, 20, 0.2))
                .isInstanceOf(TooManyBadImagesException.class)
                .hasMessageContaining("data.max_bad_share: 0.2")
                .hasMessageNotContaining("\n");
    }

    @Test
    void closingUnderLoadEndsTheWorkersAndBlamesNoImage() throws IOException {
        photographs(10);
        AtomicInteger reading = new AtomicInteger();
        try (ImageSource files = open();
                ImageSource source = new Counted(files, reading)) {
            for (int round = 0; round < 20; round++) {
                BatchLoader loader = loader(source, new BatchLoader.Options(round, BATCH, 4, 8, 1), 0);
                loader.next().close();
                loader.close();
                assertThat(reading).hasValue(0);
            }
        }
        assertThat(skipped).isEmpty();
    }

    @Test
    void aSourceTooSmallForOneBatchIsRefusedInOneLine() throws IOException {
        photographs(3);
        try (ImageSource source = open()) {
            assertThatThrownBy(() -> loader(source, new BatchLoader.Options(0, BATCH, 1, 1, 1), 0))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("3 images")
                    .hasMessageContaining("train.drop_last")
                    .hasMessageNotContaining("\n");
        }
    }

    /** Samples and pixels of some batches, as text. */
    private List<String> batches(int workers, long start, int count, double maxBadShare) throws IOException {
        List<String> batches = new ArrayList<>();
        try (ImageSource source = open();
                BatchLoader loader =
                        loader(source, new BatchLoader.Options(1, BATCH, workers, 3, maxBadShare), start)) {
            for (int i = 0; i < count; i++) {
                try (Batch batch = loader.next()) {
                    byte[] pixels = new byte[batch.images().remaining()];
                    batch.images().duplicate().get(pixels);
                    batches.add(batch.epoch() + " " + batch.samples() + " " + java.util.Arrays.toString(pixels));
                }
            }
        }
        return batches;
    }

    private ImageSource open() throws IOException {
        return Sources.open(new SourceConfig(DataFormat.FOLDER, folder.toString(), "", 0));
    }

    private BatchLoader loader(ImageSource source, BatchLoader.Options options, long start) {
        return new BatchLoader(
                source,
                new ShardedSampler(source, 1, BATCH, new ShardedSampler.Place(0, 1), true),
                SampleTransform.of(
                        new Augmentation(new RandomResizedCrop(0.2, 1, 0.75, 4 / 3.0), ImageSize.square(16), 3, 0.5)),
                options,
                start,
                skipped::add);
    }

    private void photographs(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
            RandomStream random = RandomStream.of(i, Purpose.INIT);
            for (int p = 0; p < 1200; p++) {
                image.setRGB(p % 40, p / 40, random.nextInt(1 << 24));
            }
            ImageIO.write(image, "jpg", folder.resolve(i + ".jpg").toFile());
        }
    }

    /** A slow source that counts how many threads are reading from it. */
    private record Counted(ImageSource files, AtomicInteger reading) implements ImageSource {
        @Override
        public int size() {
            return files.size();
        }

        @Override
        public String name(int index) {
            return files.name(index);
        }

        @Override
        public Content read(int index) throws IOException {
            reading.incrementAndGet();
            try {
                LockSupport.parkNanos(1_000_000);
                return files.read(index);
            } finally {
                reading.decrementAndGet();
            }
        }

        @Override
        public int label(int index) {
            return files.label(index);
        }

        @Override
        public List<String> classNames() {
            return files.classNames();
        }

        @Override
        public String describe() {
            return files.describe();
        }
    }
}
