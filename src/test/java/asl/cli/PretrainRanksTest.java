package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import asl.distributed.Mpirun;
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

/** Pre-training under mpirun: however many ranks share the batch, the losses are those of one. */
@Tag("engine")
final class PretrainRanksTest {
    /** What the order of a sum in float32 may change. */
    private static final Offset<Double> ROUNDING = Offset.offset(2e-5);

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = TinyRun.makeImages(Files.createDirectory(folder.resolve("data")));
    }

    /** Runs with this batch per rank, to its end. */
    private String pretrain(String output, int ranks, int batch, String... settings) throws Exception {
        List<String> program = new ArrayList<>(List.of("asl.cli.Asl"));
        program.addAll(TinyRun.command(data, folder.resolve(output)));
        program.addAll(List.of("--set", "train.batch_size=" + batch, "--set", "log.images_every_epochs=0"));
        program.addAll(List.of(settings));
        Mpirun.Result result = Mpirun.run(folder, ranks, program);
        assertThat(result.code()).as(result.output()).isZero();
        return result.output();
    }

    /** The loss of every step. */
    private List<Double> losses(String output) throws IOException {
        return Files.readAllLines(folder.resolve(output).resolve("metrics.jsonl")).stream()
                .map(line -> Double.parseDouble(line.replaceAll(".*\"loss\":([0-9.eE-]+).*", "$1")))
                .toList();
    }

    private void assertSameLosses(String actual, String expected, int steps) throws IOException {
        assertThat(losses(actual)).hasSize(steps);
        for (int i = 0; i < steps; i++) {
            assertThat(losses(actual).get(i))
                    .as("step %d of %s", i + 1, actual)
                    .isCloseTo(losses(expected).get(i), ROUNDING);
        }
    }

    /** 50 images in batches of 8: the last has two, so two of four ranks have none of it. */
    @Test
    void twoAndFourRanksGiveTheLossesOfOne() throws Exception {
        String[] settings = {"--set", "train.steps=15", "--set", "train.drop_last=false", "--set", "optim.clip_grad=0.5"
        };
        pretrain("one", 1, 8, settings);
        String two = pretrain("two", 2, 4, settings);
        String four = pretrain("four", 4, 2, settings);
        assertSameLosses("two", "one", 15);
        assertSameLosses("four", "one", 15);
        assertThat(two).containsOnlyOnce("step 15/15").containsOnlyOnce("Done: 15 of 15 steps");
        assertThat(four).contains("4 processes over ").contains("effective batch 8");
    }

    /** Over few steps, since more blocks carry rounding further. */
    @Test
    void aPauseInTheEncodersBackwardPassChangesNothing() throws Exception {
        String[] settings = {"--set", "train.steps=5", "--set", "model.depth=5", "--set", "train.accum_iter=2"};
        pretrain("one", 1, 4, settings);
        pretrain("two", 2, 2, settings);
        assertSameLosses("two", "one", 5);
    }

    @Test
    void aCheckpointOfTwoRanksGoesOnWithOneAndThenThree() throws Exception {
        // A constant rate: else the length of the run would change it.
        String[] settings = {"--resume", "--set", "optim.warmup_epochs=0", "--set", "optim.min_lr=3e-3", "--set", ""};
        settings[6] = "train.steps=12";
        pretrain("whole", 1, 12, settings);
        settings[6] = "train.steps=4";
        pretrain("parts", 2, 6, settings);
        settings[6] = "train.steps=8";
        assertThat(pretrain("parts", 1, 6, withAccumulation(settings))).contains("going on from");
        settings[6] = "train.steps=12";
        assertThat(pretrain("parts", 3, 4, settings)).contains("step-00000008");
        assertSameLosses("parts", "whole", 12);
    }

    /** The state of each parameter on one rank alone: the same bits, and a checkpoint that others go on from. */
    @Test
    void aSharedOptimizerGivesTheSameBits() throws Exception {
        String[] settings = {"--resume", "--set", "train.steps=6", "--set", "optim.clip_grad=0.5", "--set", ""};
        settings[6] = "dist.shard_optimizer=false";
        pretrain("whole", 2, 4, settings);
        settings[6] = "dist.shard_optimizer=true";
        pretrain("shared", 2, 4, settings);
        for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
            assertThat(TinyRun.tensors(folder.resolve("shared"), file))
                    .isEqualTo(TinyRun.tensors(folder.resolve("whole"), file));
        }
        settings[2] = "train.steps=8";
        assertThat(pretrain("shared", 1, 8, settings)).contains("going on from");
        settings[6] = "dist.shard_optimizer=false";
        pretrain("whole", 1, 8, settings);
        assertThat(TinyRun.tensors(folder.resolve("shared"), "optimizer.safetensors"))
                .isEqualTo(TinyRun.tensors(folder.resolve("whole"), "optimizer.safetensors"));
    }

    /** Half the bytes, 8 bits of mantissa: near the losses of fp32, yet not the same; and all ranks hold the same weights. */
    @Test
    void gradientsMayTravelAsBf16() throws Exception {
        String[] settings = {"--set", "train.steps=6", "--set", "dist.check_every_steps=1", "--set", ""};
        settings[5] = "dist.bf16_allreduce=false";
        pretrain("fp32", 2, 4, settings);
        settings[5] = "dist.bf16_allreduce=true";
        pretrain("bf16", 2, 4, settings);
        assertThat(losses("bf16")).isNotEqualTo(losses("fp32"));
        for (int i = 0; i < 6; i++) {
            double expected = losses("fp32").get(i);
            assertThat(losses("bf16").get(i)).isCloseTo(expected, Offset.offset(0.005 * expected));
        }
    }

    private static String[] withAccumulation(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("--set", "train.accum_iter=2"));
        return all.toArray(String[]::new);
    }

    @Test
    void allRanksFailWithOneMessage() throws Exception {
        pretrain("run", 1, 8, "--set", "train.steps=1");
        List<String> program = new ArrayList<>(List.of("asl.cli.Asl"));
        program.addAll(TinyRun.command(data, folder.resolve("run")));
        Mpirun.Result result = Mpirun.run(folder, 2, program);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).containsOnlyOnce("holds a run already").contains("asl: rank 0: output_dir: ");
    }
}
