package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.cli.StripedImages.Result;
import asl.distributed.Mpirun;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What measures and embeds under mpirun: two ranks give what one process gives. */
@Tag("engine")
final class EvaluationRanksTest {
    /** What the order of a sum in float32 may change; an image that changes sides would move a share by more. */
    private static final Offset<Double> ROUNDING = Offset.offset(1e-4);

    @TempDir
    private Path folder;

    @BeforeEach
    void makeData() throws IOException {
        StripedImages.write(folder.resolve("data"), 150, 45);
    }

    /** Runs here, in one process. */
    private static void alone(List<String> arguments, List<String> settings) {
        Result result = StripedImages.run(arguments, settings);
        assertThat(result.code()).as(result.err()).isZero();
    }

    /** Runs as two ranks; returns what they printed. */
    private String twice(List<String> program, List<String> settings) throws Exception {
        List<String> all = new ArrayList<>(program);
        settings.forEach(setting -> all.addAll(List.of("--set", setting)));
        Mpirun.Result result = Mpirun.run(folder, 2, all);
        assertThat(result.code()).as(result.output()).isZero();
        return result.output();
    }

    private JsonNode json(String path) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(path).toFile());
    }

    /** Batches of 40 images, of which one rank may hold more than the other; and a part held out. */
    @Test
    void headsLearnAsFromWholeBatchesAndNeighboursAreTheSame() throws Exception {
        List<String> settings = TinyRun.model("data.root=" + folder.resolve("data"), "weights=random");
        settings.addAll(List.of("probe.epochs=4", "probe.holdout=0.2", "probe.accum_iter=2", "optim.blrs=[1, 5]"));
        settings.addAll(List.of("optim.warmup_epochs=1", "log.every_steps=1", "probe.batch_size=20"));
        for (String mode : List.of("cached", "augment")) {
            List<String> linprobe =
                    List.of("linprobe", "-o", folder.resolve("one/" + mode).toString(), "-s", "probe.mode=" + mode);
            alone(linprobe, settings);
        }
        alone(List.of("knn", "-o", folder.resolve("one/knn").toString(), "-k", "5"), settings);
        settings.set(settings.size() - 1, "probe.batch_size=10");
        List<String> program =
                List.of("asl.cli.RankPrograms", "probes", folder.resolve("two").toString());
        String output = twice(program, settings);
        assertThat(output.split("12 in all, batch 40 of 120 images", -1)).hasSize(1 + 2);
        assertThat(output.split("<- chosen", -1)).hasSize(1 + 2);
        assertSameProbe("cached");
        assertSameProbe("augment");
        assertThat(json("two/knn/knn.json")).isEqualTo(json("one/knn/knn.json"));
        assertThat(json("two/knn/knn.json").at("/neighbours/0/images").asInt()).isEqualTo(45);
    }

    private void assertSameProbe(String mode) throws IOException {
        List<JsonNode> one = metrics("one/" + mode);
        List<JsonNode> two = metrics("two/" + mode);
        assertThat(one).hasSize(12);
        assertThat(two).hasSize(12);
        for (int i = 0; i < one.size(); i++) {
            for (String figure : List.of("loss_cls_1.0", "loss_cls_5.0", "top1_cls_1.0", "top1_cls_5.0")) {
                assertThat(two.get(i).path(figure).asDouble())
                        .as("%s, %s of %s", mode, figure, one.get(i))
                        .isCloseTo(one.get(i).path(figure).asDouble(), ROUNDING);
            }
        }
        String figure = "/last/last/validation";
        assertThat(json("two/" + mode + "/results.json").at(figure + "/images").asInt())
                .isEqualTo(45);
        assertThat(json("two/" + mode + "/results.json").at(figure + "/top1"))
                .isEqualTo(json("one/" + mode + "/results.json").at(figure + "/top1"));
    }

    private List<JsonNode> metrics(String run) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    /** 45 images in batches of 7, so that rank 0 has one batch more than the other. */
    @Test
    void embeddingsAreTheSameBytes() throws Exception {
        List<String> settings = TinyRun.model();
        alone(embed("one.npz"), settings);
        List<String> program = new ArrayList<>(List.of("asl.cli.Asl"));
        program.addAll(embed("two.npz"));
        assertThat(twice(program, settings)).containsOnlyOnce("45 of 45 images to ");
        for (String ending : List.of(".npz", ".csv")) {
            assertThat(folder.resolve("two" + ending)).hasSameBinaryContentAs(folder.resolve("one" + ending));
        }
    }

    private List<String> embed(String output) {
        List<String> arguments = new ArrayList<>(
                List.of("embed", folder.resolve("data").toString(), "--split", "test", "--checkpoint", "random"));
        arguments.addAll(List.of("-o", folder.resolve(output).toString()));
        arguments.addAll(List.of("--tokens", "cls,avg,patch", "--batch-size", "7"));
        return arguments;
    }
}
