package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.LinprobeConfig.LarsConfig;
import asl.config.Pool;
import asl.data.ShardedSampler;
import asl.distributed.World;
import asl.eval.ClassificationScores;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import asl.train.KeptFeatures.Order;
import asl.train.LinearProbe.HeadProgress;
import asl.train.LinearProbe.Place;
import asl.train.LinearProbe.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On clouds of points about five centres, in a space of eight dimensions of very different scale. */
@Tag("engine")
class LinearProbeTest {
    private static final int CLASSES = 5;
    private static final int WIDTH = 8;
    private static final ProbeHeads.Size SIZE = new ProbeHeads.Size(WIDTH, CLASSES);

    private static NDManager manager;
    private static KeptFeatures training;
    private static KeptFeatures held;

    @BeforeAll
    static void makeClouds() {
        manager = NDManager.newBaseManager();
        training = new KeptFeatures(manager, Map.of(Pool.CLS, cloud(640, 1)), labels(640), 64, shuffled(640));
        held = new KeptFeatures(manager, Map.of(Pool.CLS, cloud(230, 2)), labels(230), 100, new Order.Stored());
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    @Test
    void learnsToTellTheClouds() throws IOException {
        List<List<HeadProgress>> epochs = new ArrayList<>();
        List<ProbeResult> results = run(plan(20, 1, 1.0, 30.0), epochs);
        assertThat(epochs).hasSize(20);
        assertThat(results).hasSize(2);
        ProbeResult good = results.get(1);
        assertThat(good.blr()).isEqualTo(30);
        assertThat(good.last().epoch()).isEqualTo(20);
        assertThat(good.best().scores().top1()).isGreaterThan(0.95);
        assertThat(good.best().scores().top1())
                .isGreaterThanOrEqualTo(good.last().scores().top1());
        assertThat(good.best().scores().count()).isEqualTo(230);
        assertThat(epochs.get(19).get(1).trainLoss())
                .isLessThan(epochs.get(0).get(1).trainLoss() / 2);
    }

    @Test
    void headsBesideEachOtherLearnAsAlone() throws IOException {
        List<ProbeResult> together = run(plan(3, 2, 1.0, 10.0), new ArrayList<>());
        List<ProbeResult> alone = run(plan(3, 2, 10.0), new ArrayList<>());
        assertThat(together.get(1).last().head().weight())
                .containsExactly(alone.get(0).last().head().weight(), within(1e-5f));
    }

    /** The head that is handed out scores as the running head with its batch norm did. */
    @Test
    void theFoldedHeadGivesTheSameAnswers() throws IOException {
        ProbeResult.Snapshot last =
                run(plan(5, 1, 10.0), new ArrayList<>()).get(0).last();
        ClassificationScores scores = new ClassificationScores(CLASSES);
        float[] points = cloud(230, 2).toFloatArray();
        int[] labels = labels(230);
        for (int i = 0; i < 230; i++) {
            float[] logits = new float[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                logits[c] = last.head().bias()[c];
                for (int d = 0; d < WIDTH; d++) {
                    logits[c] += last.head().weight()[c * WIDTH + d] * points[i * WIDTH + d];
                }
            }
            scores.add(logits, new int[] {labels[i]});
        }
        assertThat(scores.top1()).isCloseTo(last.scores().top1(), within(0.01));
        assertThat(scores.loss()).isCloseTo(last.scores().loss(), within(1e-3));
    }

    @Test
    void saysSoWhenOneStepTakesMoreImagesThanThereAre() {
        assertThatThrownBy(() -> run(plan(1, 11, 1.0), new ArrayList<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("11 batches of 64 training images, but there are only 10");
    }

    @Test
    void everyEpochHasAnotherOrderAndAllImages() throws IOException {
        int[] labels = IntStream.range(0, 100).toArray();
        KeptFeatures features = new KeptFeatures(
                manager, Map.of(Pool.AVG, manager.arange(100f).reshape(100, 1)), labels, 32, shuffled(100));
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        features.forEach(0, 0, batch -> {
            IntStream.of(batch.labels()).forEach(first::add);
            int[] rows = new int[batch.labels().length];
            float[] values = batch.of(Pool.AVG).toFloatArray();
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (int) values[i];
            }
            assertThat(rows).isEqualTo(batch.labels());
            return true;
        });
        features.forEach(1, 0, batch -> {
            IntStream.of(batch.labels()).forEach(second::add);
            return true;
        });
        assertThat(features.count()).isEqualTo(3);
        assertThat(first).hasSize(96).doesNotHaveDuplicates().isNotEqualTo(second);
    }

    private static List<ProbeResult> run(Plan plan, List<List<HeadProgress>> epochs) throws IOException {
        try (LinearProbe probe = new LinearProbe(new Place(manager, World.single()), SIZE, plan)) {
            probe.train(0, training, held, (epoch, progress) -> epochs.add(progress));
            return probe.results();
        }
    }

    private static Plan plan(int epochs, int accumIter, Double... blrs) {
        LarsConfig optim = new LarsConfig(List.of(blrs), 0, 1, 0.9, 0.001, 0);
        return new Plan(List.of(Pool.CLS), optim, epochs, 64, accumIter, 0);
    }

    private static Order shuffled(int images) {
        return new Order.Shuffled(0, new ShardedSampler.Place(0, 1), images);
    }

    private static int[] labels(int count) {
        return IntStream.range(0, count).map(i -> i % CLASSES).toArray();
    }

    private static NDArray cloud(int count, long key) {
        RandomStream centre = RandomStream.of(0, Purpose.INIT, 0);
        double[] centres = new double[CLASSES * WIDTH];
        for (int i = 0; i < centres.length; i++) {
            centres[i] = 2 * centre.nextGaussian();
        }
        RandomStream random = RandomStream.of(0, Purpose.INIT, key);
        float[] points = new float[count * WIDTH];
        for (int i = 0; i < points.length; i++) {
            int label = i / WIDTH % CLASSES;
            double value = centres[label * WIDTH + i % WIDTH] + random.nextGaussian();
            points[i] = (float) (Math.pow(3, i % WIDTH) * (value + 1));
        }
        return manager.create(points, new Shape(count, WIDTH));
    }
}
