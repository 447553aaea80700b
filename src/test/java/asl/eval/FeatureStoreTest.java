package asl.eval;

import static org.assertj.core.api.Assertions.assertThat;

import asl.config.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureStoreTest {
    private static final List<Pool> BOTH = List.of(Pool.CLS, Pool.AVG);

    @TempDir
    Path root;

    @Test
    void findsWhatWasCompletedUnderTheSameKey() throws IOException {
        FeatureStore store = new FeatureStore(root);
        assertThat(store.find("weights a, view 224")).isEmpty();
        try (FeatureStore.Recorder recorder = store.record("weights a, view 224", BOTH, 2)) {
            append(recorder, new float[] {1, 2, 3, 4}, new float[] {5, 6, 7, 8}, 0, 1);
            append(recorder, new float[] {9, 9}, new float[] {8, 8}, 4);
            recorder.complete();
        }
        FeatureStore.Stored stored = store.find("weights a, view 224").orElseThrow();
        assertThat(stored.features(Pool.CLS, 0, 1, 2)).containsExactly(1, 2, 3, 4, 9, 9);
        assertThat(stored.features(Pool.AVG, 0, 2)).containsExactly(5, 6, 8, 8);
        assertThat(stored.labels()).containsExactly(0, 1, 4);
        assertThat(stored.samples()).containsExactly(0, 10, 40);
        assertThat(store.find("weights b, view 224")).isEmpty();
    }

    @Test
    void whatWasInterruptedDoesNotCount() throws IOException {
        FeatureStore store = new FeatureStore(root);
        try (FeatureStore.Recorder recorder = store.record("key", BOTH, 1)) {
            append(recorder, new float[] {1}, new float[] {2}, 0);
            recorder.complete();
        }
        try (FeatureStore.Recorder recorder = store.record("key", BOTH, 1)) {
            append(recorder, new float[] {3}, new float[] {4}, 0);
        }
        assertThat(store.find("key")).isEmpty();
    }

    private static void append(FeatureStore.Recorder recorder, float[] cls, float[] avg, int... labels)
            throws IOException {
        int[] samples = IntStream.of(labels).map(label -> 10 * label).toArray();
        recorder.append(Map.of(Pool.CLS, cls, Pool.AVG, avg), labels, samples);
    }
}
