package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class KnnClassifierTest {
    private static final int DIM = 3;

    @Test
    void votesAgreeWithTheDefinition() {
        int rows = 70_000; // more than one chunk of the bank
        float[] bank = gaussian(rows * DIM, 1);
        float[] queries = gaussian(5 * DIM, 2);
        int[] labels = IntStream.range(0, rows).map(i -> i % 4).toArray();
        try (NDManager manager = NDManager.newBaseManager();
                KnnClassifier knn = new KnnClassifier(manager, manager.create(bank, new Shape(rows, DIM)), labels, 4)) {
            float[] votes = knn.votes(manager.create(queries, new Shape(5, DIM)), 11, 0.07);
            for (int q = 0; q < 5; q++) {
                double[] expected = naiveVotes(bank, queries, q, 11);
                for (int label = 0; label < 4; label++) {
                    assertThat((double) votes[q * 4 + label])
                            .isCloseTo(expected[label], within(1e-3 * Math.exp(1 / 0.07)));
                }
            }
        }
    }

    @Test
    void lengthsOfFeaturesDoNotCount() {
        try (NDManager manager = NDManager.newBaseManager();
                NDArray bank = manager.create(new float[][] {{100, 1, 0}, {0, 0.1f, 0}});
                KnnClassifier knn = new KnnClassifier(manager, bank, new int[] {0, 1}, 2)) {
            float[] votes = knn.votes(manager.create(new float[][] {{1, 2, 0}}), 1, 1);
            assertThat(votes[0]).isZero();
            assertThat((double) votes[1]).isCloseTo(Math.exp(2 / Math.sqrt(5)), within(1e-5));
        }
    }

    @Test
    void takesAllWhereThereAreFewerThanK() {
        try (NDManager manager = NDManager.newBaseManager();
                NDArray bank = manager.create(new float[][] {{1, 0}, {0, 1}});
                KnnClassifier knn = new KnnClassifier(manager, bank, new int[] {0, 1}, 2)) {
            float[] votes = knn.votes(manager.create(new float[][] {{1, 0}}), 20, 1);
            assertThat(votes).containsExactly(new float[] {(float) Math.E, 1}, within(1e-5f));
        }
    }

    private static double[] naiveVotes(float[] bank, float[] queries, int query, int k) {
        int rows = bank.length / DIM;
        double[] cosines = new double[rows];
        for (int i = 0; i < rows; i++) {
            cosines[i] = dot(bank, i, queries, query)
                    / Math.sqrt(dot(bank, i, bank, i) * dot(queries, query, queries, query));
        }
        double[] votes = new double[4];
        IntStream.range(0, rows)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -cosines[i]))
                .limit(k)
                .forEach(i -> votes[i % 4] += Math.exp(cosines[i] / 0.07));
        return votes;
    }

    private static double dot(float[] a, int i, float[] b, int j) {
        double sum = 0;
        for (int d = 0; d < DIM; d++) {
            sum += (double) a[i * DIM + d] * b[j * DIM + d];
        }
        return sum;
    }

    private static float[] gaussian(int count, long key) {
        RandomStream random = RandomStream.of(0, Purpose.INIT, key);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
