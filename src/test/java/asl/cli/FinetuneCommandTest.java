package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.distributed.Mpirun;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Fine-tuning as people run it: whole runs on generated images of three classes. */
@Tag("engine")
final class FinetuneCommandTest {
    private static final int STEPS = 18;
    private static final int IMAGES = 48;
    private static final int SIDE = 16;

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        write("train", IMAGES, 0);
        write("t10k", 21, 1);
    }

    /** Stripes whose period is the class, at places of their own. */
    private void write(String prefix, int count, long seed) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x801).putInt(count);
        RandomStream random = RandomStream.of(seed, Purpose.INIT);
        for (int i = 0; i < count; i++) {
            int label = i % 3;
            int shift = random.nextInt(8);
            for (int p = 0; p < SIDE * SIDE; p++) {
                boolean bright = (p % SIDE + shift) / (1 << label) % 2 == 0;
                images.put((byte) ((bright ? 200 : 40) + random.nextInt(16)));
            }
            labels.put((byte) label);
        }
        Files.write(data.resolve(prefix + "-images-idx3-ubyte"), images.array());
        Files.write(data.resolve(prefix + "-labels-idx1-ubyte"), labels.array());
    }

    private List<String> command(String output, String... sets) {
        List<String> command =
                new ArrayList<>(List.of("finetune", "-o", folder.resolve(output).toString()));
        List<String> all = new ArrayList<>(List.of(
                "weights=random",
                "data.root=" + data,
                "data.mean=[0.5]",
                "data.std=[0.25]",
                "data.crop_pct=1",
                "data.crop_scale_min=0.7",
                "model.image_size=16",
                "model.patch_size=4",
                "model.channels=1",
                "model.width=32",
                "model.depth=2",
                "model.heads=2",
                "classifier.layer_decay=1",
                "train.batch_size=8",
                "train.epochs=0",
                "train.steps=" + STEPS,
                "optim.lr=3e-3",
                "optim.warmup_epochs=1",
                "checkpoint.every_steps=5",
                "log.every_steps=1",
                "engine.precision=fp32",
                "engine.threads=1"));
        all.addAll(List.of(sets));
        all.forEach(set -> command.addAll(List.of("--set", set)));
        return command;
    }

    private static final String[] PLAIN = {
        "augment.rand_augment=",
        "augment.mixup=0",
        "augment.cutmix=0",
        "augment.erasing=0",
        "classifier.drop_path=0",
        "classifier.label_smoothing=0"
    };

    private static String[] plain(String... more) {
        List<String> all = new ArrayList<>(List.of(PLAIN));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private record Result(int code, String out, String err) {}

    private static Result execute(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine asl = Asl.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Result(asl.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    private static void succeed(List<String> command, String... more) {
        Result result = execute(command, more);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
    }

    private List<JsonNode> metrics(String run, String key) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run + "/metrics.jsonl"))) {
            JsonNode node = new ObjectMapper().readTree(line);
            if (node.has(key)) {
                found.add(node);
            }
        }
        return found;
    }

    private List<Double> losses(String run) throws IOException {
        return metrics(run, "loss").stream()
                .map(node -> node.get("loss").asDouble())
                .toList();
    }

    private JsonNode results(String run) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(run + "/results.json").toFile());
    }

    private String weights(String run) throws IOException {
        return TinyRun.tensors(folder.resolve(run), "model.safetensors");
    }

    @Test
    void lossFallsAndEverythingIsWritten() throws IOException {
        Result result = execute(command("run", plain("train.steps=48")));
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("last  ", "best  ", "Done: 48 of 48 steps", "--holdout");
        List<Double> losses = losses("run");
        assertThat(losses).hasSize(48);
        assertThat(losses.get(47)).isLessThan(0.5 * losses.get(0));
        JsonNode last = results("run").at("/val/last");
        assertThat(last.get("step").asInt()).isEqualTo(48);
        assertThat(last.get("images").asInt()).isEqualTo(21);
        assertThat(last.get("top1").asDouble()).isGreaterThan(0.6);
        assertThat(last.get("per_class")).hasSize(3);
        assertThat(metrics("run", "val_top1")).hasSize(8);
        assertThat(folder.resolve("run/last/confusion.csv")).content().startsWith("label,0,1,2\n");
        assertThat(folder.resolve("run/best/confusion.png")).exists();
        assertThat(folder.resolve("run/best/latest")).exists();
        assertThat(folder.resolve("run/resolved.yaml")).content().contains("classes: 3");
    }

    /** Everything on: crops, RandAugment, erasing, mixing, drop path and averages all follow from the step. */
    @Test
    void stoppedAndResumedEqualsUninterrupted() throws IOException {
        String[] all = {"classifier.ema_decay=0.9", "classifier.drop_path=0.3", "augment.erasing=1"};
        succeed(command("whole", all));
        for (String steps : List.of("train.steps=7", "train.steps=" + STEPS)) {
            List<String> part = command("parts", all);
            succeed(part, "--resume", "--set", steps, "--set", "optim.min_lr=3e-3");
        }
        List<String> once = command("once", all);
        succeed(once, "--set", "optim.min_lr=3e-3");
        assertThat(losses("parts")).hasSize(STEPS).isEqualTo(losses("once"));
        assertThat(weights("parts")).isEqualTo(weights("once"));
        assertThat(losses("whole")).isNotEqualTo(losses("once"));
        assertThat(results("parts")).isEqualTo(results("once"));
    }

    @Test
    void evalGivesTheFiguresOfTheLastEpoch() throws IOException {
        succeed(command("run", plain("classifier.ema_decay=0.5")));
        Result eval =
                execute(command("run", "weights=" + folder.resolve("run"), "model.width=0", "model.depth=0"), "--eval");
        assertThat(eval.code()).isZero();
        JsonNode last = results("run").at("/val/last");
        JsonNode again = results("run/eval").get("val");
        for (String figure : List.of("images", "top1", "top5", "loss", "per_class")) {
            assertThat(again.get(figure)).as(figure).isEqualTo(last.get(figure));
        }
        assertThat(eval.out())
                .contains(String.format(
                        Locale.ROOT, "top-1 %.2f %%", 100 * last.get("top1").asDouble()));
    }

    @Test
    void averagesAreWhatIsMeasured() throws IOException {
        succeed(command("raw", plain()));
        succeed(command("averaged", plain("classifier.ema_decay=0.999")));
        assertThat(losses("averaged")).isEqualTo(losses("raw")); // they do not change the training
        assertThat(results("averaged").at("/val/last/loss"))
                .isNotEqualTo(results("raw").at("/val/last/loss"));
        assertThat(weights("averaged")).isNotEqualTo(weights("raw"));
    }

    @Test
    void accumulationGivesTheStepsOfTheLargerBatch() throws IOException {
        succeed(command("once", plain("train.batch_size=12", "train.steps=6")));
        succeed(command("twice", plain("train.batch_size=6", "train.accum_iter=2", "train.steps=6")));
        List<Double> expected = losses("once");
        List<Double> actual = losses("twice");
        for (int i = 0; i < 6; i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i), Offset.offset(2e-5));
        }
    }

    @Test
    void aHoldOutKeepsTheValidationPartForTheEnd() throws IOException {
        succeed(command("run", plain("train.steps=10")), "--holdout", "0.25");
        JsonNode results = results("run");
        assertThat(results.get("selected_on").asText()).startsWith("12 of ");
        assertThat(results.at("/held_out/last/images").asInt()).isEqualTo(12);
        assertThat(results.at("/val/last/images").asInt()).isEqualTo(21);
        assertThat(results.at("/val/best/images").asInt()).isEqualTo(21);
        assertThat(metrics("run", "val_top1")).isEmpty();
        assertThat(metrics("run", "held_out_top1")).hasSize(3);
    }

    @Test
    void aPreTrainedRunGivesAllButTheHead() throws IOException {
        List<String> pretrain =
                new ArrayList<>(List.of("pretrain", "-o", folder.resolve("mae").toString()));
        for (String set : List.of(
                "data.root=" + data,
                "data.mean=[0.5]",
                "data.std=[0.25]",
                "model.size=auto",
                "model.image_size=16",
                "model.patch_size=4",
                "model.channels=1",
                "model.width=32",
                "model.depth=2",
                "model.heads=2",
                "decoder.width=16",
                "decoder.depth=1",
                "decoder.heads=2",
                "train.batch_size=8",
                "train.steps=2",
                "engine.threads=1")) {
            pretrain.addAll(List.of("--set", set));
        }
        succeed(pretrain);
        String[] open = {
            "weights=" + folder.resolve("mae"),
            "model.image_size=24", // interpolates the positions
            "model.patch_size=0",
            "model.channels=0",
            "model.width=0",
            "model.depth=0",
            "model.heads=0",
            "data.mean=[]",
            "data.std=[]",
            "train.steps=2"
        };
        succeed(command("tuned", open));
        assertThat(folder.resolve("tuned/resolved.yaml")).content().contains("width: 32", "- 0.25");
        Result wide = execute(command("wide", "weights=" + folder.resolve("mae"), "model.width=64"));
        assertThat(wide.code()).isEqualTo(2);
        assertThat(wide.err()).contains("model.width: 64, but ").hasLineCount(1);
        Result eval = execute(command("eval", "weights=" + folder.resolve("mae")), "--eval");
        assertThat(eval.code()).isEqualTo(2);
        assertThat(eval.err()).contains("has no head, so it is not fine-tuned").hasLineCount(1);
    }

    private static final String[] ON_RANKS = {
        "train.drop_last=false", "classifier.ema_decay=0.9", "checkpoint.keep_last=9"
    };

    private String onTwoRanks(String... more) throws Exception {
        List<String> program = new ArrayList<>(List.of("asl.cli.Asl"));
        program.addAll(command("two", ON_RANKS));
        program.addAll(List.of("--resume", "--set", "train.batch_size=6", "--holdout", "0.3"));
        program.addAll(List.of(more));
        Mpirun.Result result = Mpirun.run(folder, 2, program);
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output()).containsOnlyOnce("Done: ");
        return result.output();
    }

    /** Everything on, mixing too: of an epoch's last batch, 9 of 12 images, one is its own partner. */
    @Test
    void twoRanksGiveTheLossesAndFiguresOfOneAndMayShareTheOptimizer() throws Exception {
        succeed(command("one", ON_RANKS), "--set", "train.batch_size=12", "--holdout", "0.3");
        onTwoRanks();
        List<Double> losses = losses("two");
        for (int i = 0; i < STEPS; i++) {
            assertThat(losses.get(i)).isCloseTo(losses("one").get(i), Offset.offset(2e-5));
        }
        for (String figure : List.of("/val/last", "/val/best", "/held_out/last")) {
            JsonNode one = results("one").at(figure);
            JsonNode two = results("two").at(figure);
            assertThat(two.get("images")).isEqualTo(one.get("images"));
            assertThat(two.get("loss").asDouble()).isCloseTo(one.get("loss").asDouble(), Offset.offset(1e-4));
        }
        Path run = folder.resolve("two");
        String weights = weights("two");
        String optimizer = TinyRun.tensors(run, "optimizer.safetensors");
        TinyRun.goBackTo(run.resolve("checkpoints"), "step-00000010");
        assertThat(onTwoRanks("--set", "dist.shard_optimizer=true")).contains("step-00000010");
        assertThat(losses("two")).isEqualTo(losses);
        assertThat(weights("two")).isEqualTo(weights);
        assertThat(TinyRun.tensors(run, "optimizer.safetensors")).isEqualTo(optimizer);
    }
}
