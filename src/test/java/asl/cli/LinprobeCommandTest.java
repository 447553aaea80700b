package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.cli.StripedImages.Result;
import asl.interop.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linear probes as people run them, on stripes in three directions. */
@Tag("engine")
final class LinprobeCommandTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeData() throws IOException {
        StripedImages.write(folder.resolve("data"), 240, 90);
    }

    private Result probe(String output, List<String> options, String... settings) {
        List<String> arguments =
                new ArrayList<>(List.of("linprobe", "-o", folder.resolve(output).toString()));
        arguments.addAll(options);
        List<String> all = TinyRun.model(
                "weights=random",
                "data.root=" + folder.resolve("data"),
                "probe.epochs=6",
                "probe.batch_size=20",
                "optim.warmup_epochs=1",
                "optim.blrs=[1, 20]");
        all.addAll(List.of(settings));
        return StripedImages.run(arguments, all);
    }

    private JsonNode results(String output) throws IOException {
        return new ObjectMapper()
                .readTree(folder.resolve(output).resolve("results.json").toFile());
    }

    @Test
    void everyHeadIsTrainedAndEverythingIsWritten() throws IOException {
        Result result = probe("run", List.of(), "probe.pools=[cls, avg]", "probe.per_class=true");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("chosen on the validation part that they are measured on", "<- chosen");
        Path run = folder.resolve("run");
        JsonNode results = results("run");
        assertThat(results.path("heads")).hasSize(4);
        assertThat(results.path("selected_on").asText()).isEqualTo("validation");
        JsonNode best = results.path("best").path("best").path("validation");
        assertThat(best.path("top1").asDouble()).isGreaterThan(0.6); // a third by chance
        assertThat(best.path("per_class")).hasSize(StripedImages.CLASSES);
        assertThat(best.path("images").asInt()).isEqualTo(90);
        assertThat(results.path("last").path("last").path("epoch").asInt()).isEqualTo(6);
        assertThat(run.resolve("confusion.csv")).content().startsWith("label,0,1,2\n0,");
        assertThat(run.resolve("confusion.png")).isNotEmptyFile();
        assertThat(run.resolve("resolved.yaml")).content().contains("per_class: true");
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
                .filteredOn(line -> line.contains("top1_cls_20.0"))
                .hasSize(6);
        try (Safetensors head = Safetensors.open(run.resolve("head_best.safetensors"))) {
            assertThat(head.metadata()).containsEntry("classes", "0\n1\n2").containsEntry("job", "linprobe");
            assertThat(head.tensors()).anySatisfy(tensor -> {
                assertThat(tensor.name()).isEqualTo("head.weight");
                assertThat(tensor.shape()).containsExactly(3L, 32L);
            });
        }
    }

    @Test
    void heldOutImagesChooseAndTheValidationPartMeasures() throws IOException {
        Result result = probe("run", List.of("--holdout", "0.25"));
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("held-out", "chosen on 0.25 of the training images");
        JsonNode best = results("run").path("best").path("best");
        assertThat(best.path("holdout").path("images").asInt()).isEqualTo(60);
        assertThat(best.path("validation").path("images").asInt()).isEqualTo(90);
        assertThat(best.path("validation").path("top1").asDouble()).isGreaterThan(0.6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cached", "augment"})
    void resumedEqualsUninterrupted(String mode) throws IOException {
        String[] settings = {
            "probe.mode=" + mode, "checkpoint.every_steps=5", "checkpoint.keep_last=100", "probe.accum_iter=2"
        };
        assertThat(probe("whole", List.of(), settings).err()).isEmpty();
        assertThat(probe("stopped", List.of(), settings).err()).isEmpty();
        Path checkpoints = folder.resolve("stopped/checkpoints");
        TinyRun.goBackTo(
                checkpoints, "step-00000020"); // six steps an epoch: amid the fourth, with a best epoch behind it
        Files.delete(folder.resolve("stopped/results.json"));
        assertThat(probe("stopped", List.of("--resume"), settings).err()).isEmpty();
        assertThat(results("stopped")).isEqualTo(results("whole"));
        assertThat(Files.readAllLines(folder.resolve("stopped/metrics.jsonl")))
                .hasSameSizeAs(Files.readAllLines(folder.resolve("whole/metrics.jsonl")));
    }

    @Test
    void aFinishedRunIsReportedAgainByResume() throws IOException {
        assertThat(probe("run", List.of()).err()).isEmpty();
        JsonNode before = results("run");
        Files.delete(folder.resolve("run/results.json"));
        assertThat(probe("run", List.of("--resume")).err()).isEmpty();
        assertThat(results("run")).isEqualTo(before);
    }

    @Test
    void keptFeaturesAreFoundAgainUntilTheImagesChange() throws IOException {
        assertThat(probe("run", List.of()).err()).isEmpty();
        assertThat(features()).isEqualTo(2);
        assertThat(probe("run", List.of("--overwrite"), "optim.blrs=[5]").err()).isEmpty();
        assertThat(features()).isEqualTo(2);
        StripedImages.write(folder.resolve("data"), 241, 90);
        assertThat(probe("run", List.of("--overwrite")).err()).isEmpty();
        assertThat(features()).as("both parts' files were written anew").isEqualTo(4);
    }

    private long features() throws IOException {
        try (Stream<Path> kept = Files.list(folder.resolve("run/features"))) {
            return kept.count();
        }
    }

    @Test
    void dryRunReadsTheDataAndWritesNothing() {
        Result result = probe("none", List.of("--dry-run"));
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("batch_size: 20", "240 images", "classes      3");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void badInputIsOneLine() throws IOException {
        assertThat(probe("a", List.of(), "weights=" + folder.resolve("none")).err())
                .contains("weights: ", "no such file or folder")
                .hasLineCount(1);
        assertThat(probe("a", List.of(), "probe.classes=2").err())
                .contains("label 2 of", "there are 2 classes, 0 to 1")
                .hasLineCount(1);
        assertThat(probe("a", List.of(), "probe.batch_size=200", "probe.accum_iter=2")
                        .err())
                .contains("one step takes 2 batches of 200", "lower probe.batch_size")
                .hasLineCount(1);
        assertThat(folder.resolve("a/results.json")).doesNotExist();
        assertThat(probe("b", List.of(), "optim.blrs=[1]").code()).isZero();
        Result again = probe("b", List.of());
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("--resume", "--overwrite").hasLineCount(1);
    }
}
