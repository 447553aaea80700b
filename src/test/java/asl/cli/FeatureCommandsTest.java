package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import asl.cli.StripedImages.Result;
import asl.interop.NpyFile;
import asl.interop.NpzArchive;
import asl.interop.TensorInfo;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code asl knn}, {@code embed} and {@code similarity} on stripes and the weights of a run of two steps. */
@Tag("engine")
final class FeatureCommandsTest {
    @TempDir
    private static Path folder;

    private static String data;
    private static String run;

    @BeforeAll
    static void preTrain() throws IOException {
        StripedImages.write(folder.resolve("data"), 60, 30);
        data = folder.resolve("data").toString();
        run = folder.resolve("run").toString();
        Result result = StripedImages.run(
                List.of("pretrain", "-o", run),
                TinyRun.model(
                        "data.root=" + data,
                        "decoder.width=16",
                        "decoder.depth=1",
                        "decoder.heads=2",
                        "train.batch_size=8",
                        "train.steps=2"));
        assertThat(result.err()).isEmpty();
    }

    private static Result knn(List<String> options, String... settings) {
        List<String> arguments =
                new ArrayList<>(List.of("knn", "-o", folder.resolve("knn").toString()));
        arguments.addAll(options);
        List<String> all = new ArrayList<>(
                List.of("weights=" + run, "data.root=" + data, "engine.precision=fp32", "engine.threads=1"));
        all.addAll(List.of(settings));
        return StripedImages.run(arguments, all);
    }

    @Test
    void neighboursTellTheStripes() {
        Result result = knn(List.of("-k", "1,5"), "knn.pool=avg");
        assertThat(result.err()).isEmpty();
        List<String> table =
                result.out().lines().filter(line -> line.matches(" +[15] .*")).toList();
        assertThat(table).hasSize(2);
        for (String line : table) {
            assertThat(Double.parseDouble(line.strip().split(" +")[1])).isGreaterThan(60); // a third by chance
        }
        assertThat(folder.resolve("knn/knn.json")).content().contains("\"k\" : 5", "\"top1\" : ");
    }

    @Test
    void badInputIsOneLine() {
        assertThat(knn(List.of("-k", "0")).err()).startsWith("asl: --k: must be over 0\n");
        assertThat(knn(List.of(), "model.width=64").err())
                .contains("model.width: 64, but ", " has 32; leave it out")
                .hasLineCount(1);
        assertThat(embed("x.txt").err()).contains(".npy or .npz").hasLineCount(1);
        assertThat(embed("x.npy", "--tokens", "cls,avg").err())
                .contains("holds one kind")
                .hasLineCount(1);
    }

    private static Result embed(String output, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "embed",
                data,
                "--split",
                "train",
                "--checkpoint",
                run,
                "-o",
                folder.resolve(output).toString()));
        arguments.addAll(List.of(options));
        return StripedImages.run(arguments, List.of("engine.precision=fp32", "engine.threads=1"));
    }

    @Test
    void embeddingsHoldEveryKindAndName() throws IOException {
        Result result = embed("all.npz", "--tokens", "patch,cls,avg", "--batch-size", "7");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("60 of 60 images");
        try (NpzArchive archive = NpzArchive.open(folder.resolve("all.npz"))) {
            assertThat(archive.tensors())
                    .extracting(TensorInfo::name, TensorInfo::shape)
                    .containsExactlyInAnyOrder(
                            tuple("cls", List.of(60L, 32L)),
                            tuple("avg", List.of(60L, 32L)),
                            tuple("patch", List.of(60L, 16L, 32L)),
                            tuple("label", List.of(60L)));
            assertThat(embed("cls.npy").code()).isZero();
            float[] alone = NpyFile.open(folder.resolve("cls.npy")).floats();
            float[] packed = new float[alone.length];
            archive.data("cls").asFloatBuffer().get(packed);
            assertThat(packed).containsExactly(alone, within(1e-4f));
        }
        List<String> names = Files.readAllLines(folder.resolve("all.csv"));
        assertThat(names).hasSize(61).startsWith("row,image,label,class");
        assertThat(names.get(5)).startsWith("4,").endsWith(",1,");
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.map(Path::toString)).noneMatch(name -> name.contains(".part") || name.contains("npz."));
        }
    }

    @Test
    void nothingIsOverwrittenUnasked() {
        assertThat(embed("twice.npy").code()).isZero();
        Result again = embed("twice.npy");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("exists already; --overwrite").hasLineCount(1);
        assertThat(embed("twice.npy", "--overwrite").code()).isZero();
    }

    @Test
    void anotherSizeInterpolatesThePositions() throws IOException {
        Result result = embed("large.npy", "--image-size", "42", "--tokens", "patch");
        assertThat(result.err()).contains("interpolated 1: pos_embed [1, 17, 32] -> [1, 37, 32]");
        assertThat(NpyFile.open(folder.resolve("large.npy")).shape()).containsExactly(60L, 36L, 32L);
    }

    @Test
    void similaritiesAreTabulatedForSeveralCheckpoints() throws IOException {
        Path image = folder.resolve("image.png");
        ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        Path out = folder.resolve("similar");
        Result result = StripedImages.run(
                List.of(
                        "similarity",
                        data,
                        "--split",
                        "train",
                        "--images",
                        "20",
                        "--checkpoint",
                        "trained=" + run,
                        "--checkpoint",
                        "untrained=random",
                        "--image",
                        image.toString(),
                        "-o",
                        out.toString()),
                TinyRun.model());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("layer      trained  untrained", "embedding", "block 2", "norm");
        List<String> csv = Files.readAllLines(out.resolve("similarity.csv"));
        assertThat(csv).hasSize(5).startsWith("layer,trained,untrained");
        for (String line : csv.subList(1, 5)) {
            assertThat(Double.parseDouble(line.split(",", -1)[1])).isBetween(-1.0, 1.0);
        }
        assertThat(out.resolve("similarity.png")).isNotEmptyFile();
        assertThat(ImageIO.read(out.resolve("heat_map.png").toFile()).getWidth())
                .isGreaterThan(5 * 168);
    }
}
