package asl.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe of an evaluation loads, and the effective batch is the one its comment tells. */
final class EvaluationRecipesTest {
    static List<Path> probes() throws IOException {
        return recipes("linprobe_");
    }

    static List<Path> trainings() throws IOException {
        return Stream.concat(recipes("finetune_").stream(), recipes("supervised_").stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("probes")
    void probesLoad(Path recipe) {
        LinprobeConfig config = ConfigLoader.load(
                        LinprobeConfig.class, LinprobeConfig.DEFAULTS, Optional.of(recipe), List.of())
                .config();
        int batch = config.probe().batchSize() * config.probe().accumIter();
        int small = name(recipe).contains("_tiny") ? 256 : 512; // tiny: what runs here in minutes
        assertThat(batch).isEqualTo(name(recipe).contains("_in") ? 16384 : small);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void trainingsLoad(Path recipe) {
        FinetuneConfig config = ConfigLoader.load(
                        FinetuneConfig.class, FinetuneConfig.DEFAULTS, Optional.of(recipe), List.of())
                .config();
        int batch = config.train().batchSize() * config.train().accumIter();
        assertThat(batch).isEqualTo(name(recipe).contains("_in") ? 1024 : 128);
        boolean random = config.weights().equals(Weights.RANDOM);
        assertThat(random).isEqualTo(name(recipe).startsWith("supervised_"));
    }

    private static List<Path> recipes(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            return files.filter(file -> name(file).startsWith(prefix)).sorted().toList();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
