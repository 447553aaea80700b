package asl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damages good files at random, and wants each read or refused by an IOException that names the file. {@code
 * -Dasl.fuzz.rounds=1000000} goes on for longer, {@code -Dasl.fuzz.seed} elsewhere.
 */
final class MutationTest {
    private static final long ROUNDS = Long.getLong("asl.fuzz.rounds", 300);
    private static final long SEED = Long.getLong("asl.fuzz.seed", 1);
    /** Values that lengths, counts and offsets break at. */
    private static final int[] EXTREMES = {0, 1, 0x7f, 0x80, 0xff};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"kinds.pth", "kinds_legacy.pth", "kinds_protocol4.pth", "script.pt", "compressed.npz"})
    void damagedFilesAreReadOrRefused(String name) throws IOException {
        hammer(Files.readAllBytes(Fixtures.path("/interop/" + name)), RandomStream.key(name));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void damagedSafetensorsAreReadOrRefused(int metadata) throws IOException {
        Path file = folder.resolve("good");
        try (PthFile kinds = PthFile.open(Fixtures.path("/interop/kinds.pth"))) {
            Safetensors.write(
                    file,
                    metadata == 0 ? Map.of() : kinds.metadata(),
                    kinds.tensors(),
                    tensor -> kinds.data(tensor.name()));
        }
        hammer(Files.readAllBytes(file), metadata);
    }

    private void hammer(byte[] good, long key) throws IOException {
        Path file = folder.resolve("mutant");
        int read = 0;
        for (long round = 0; round < ROUNDS; round++) {
            Files.write(file, mutant(good, RandomStream.of(SEED, Purpose.INIT, key, round)));
            try (CanonicalWeights checkpoint = CheckpointReader.open(file)) {
                for (TensorInfo tensor : checkpoint.tensors()) {
                    assertThat(checkpoint.floats(tensor.name())).hasSize((int) tensor.size());
                }
                read++;
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("mutant").hasMessageNotContaining("\n");
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
                throw new AssertionError("seed " + SEED + ", round " + round + ": " + e, e);
            }
        }
        assertThat(read).as("some damage does not matter").isPositive().isLessThan((int) ROUNDS);
    }

    private static byte[] mutant(byte[] good, RandomStream random) {
        byte[] bytes = good.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) EXTREMES[random.nextInt(EXTREMES.length)];
                case 2 -> bytes[at] = (byte) random.nextInt(256);
                default -> {
                    int length = Math.min(1 + random.nextInt(16), bytes.length - at);
                    System.arraycopy(good, random.nextInt(good.length - length), bytes, at, length);
                }
            }
        }
        return bytes;
    }
}
