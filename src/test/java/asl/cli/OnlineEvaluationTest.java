package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.cli.StripedImages.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pre-training with and without a look at how good its features are. */
@Tag("engine")
final class OnlineEvaluationTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeData() throws IOException {
        StripedImages.write(folder.resolve("data"), 48, 30);
    }

    private Result pretrain(String output, String... settings) {
        List<String> all = TinyRun.model(
                "data.root=" + folder.resolve("data"),
                "decoder.width=16",
                "decoder.depth=1",
                "decoder.heads=2",
                "train.batch_size=8",
                "train.epochs=4",
                "optim.lr=3e-3",
                "optim.warmup_epochs=1",
                "log.every_steps=1",
                "log.images_every_epochs=3");
        all.addAll(List.of(settings));
        return StripedImages.run(
                List.of("pretrain", "-o", folder.resolve(output).toString()), all);
    }

    private List<String> lines(String run, String word) throws IOException {
        return Files.readAllLines(folder.resolve(run + "/metrics.jsonl")).stream()
                .filter(line -> line.contains("\"" + word + "\""))
                .toList();
    }

    @Test
    void figuresAreLoggedAndTrainingIsAsWithoutThem() throws IOException {
        assertThat(pretrain("without").err()).isEmpty();
        Result with = pretrain(
                "with",
                "online_eval.every_epochs=2",
                "online_eval.root=" + folder.resolve("data"),
                "online_eval.pool=avg",
                "online_eval.images=30",
                "online_eval.probe_epochs=3");
        assertThat(with.err()).isEmpty();
        assertThat(lines("with", "knn_top1")).hasSize(3); // before the first step, after epochs 2 and 4
        assertThat(lines("with", "knn_top1").get(2)).matches(".*\"step\":24,.*\"knn_top1\":0\\.\\d+,\"probe_top1\":.*");
        assertThat(losses("with")).hasSize(24).isEqualTo(losses("without"));
        assertThat(folder.resolve("with/images/step-00000012.png")).doesNotExist();
        assertThat(folder.resolve("with/images/step-00000018.png")).exists();
    }

    private List<String> losses(String run) throws IOException {
        return lines(run, "loss").stream()
                .map(line -> line.replaceAll(".*(\"loss\":[^,]*).*(\"grad_norm\":[^,]*).*", "$1 $2"))
                .toList();
    }

    @Test
    void aSetWithoutLabelsIsRefused() throws IOException {
        Files.delete(folder.resolve("data/t10k-labels-idx1-ubyte"));
        Result result = pretrain("run", "online_eval.every_epochs=1", "online_eval.root=" + folder.resolve("data"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("its images have no labels").hasLineCount(1);
    }
}
