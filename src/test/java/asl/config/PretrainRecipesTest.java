package asl.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import asl.config.RunConfig.Precision;
import asl.model.ModelSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe of pre-training loads, and what its comments claim follows from its settings. */
final class PretrainRecipesTest {
    private static final Pattern COST =
            Pattern.compile("# Cost: ([\\d.]+) GFLOP per image, ([\\d.e]+) FLOP for ([\\d,]+) images x (\\d+) epochs");
    private static final Pattern BATCH = Pattern.compile("# (\\d+) x (\\d+) = (\\d+)");

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            return files.filter(file -> name(file).endsWith(".yaml"))
                    .filter(file -> !name(file).matches("(linprobe|finetune|supervised)_.*"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void thereIsOneForEveryPretrainingRowOfThePaper() throws IOException {
        assertThat(recipes().stream().map(PretrainRecipesTest::name))
                .contains(
                        "quickstart.yaml",
                        "coco_vitb.yaml",
                        "coco_vitb_mae.yaml",
                        "coco_vitb_dle.yaml",
                        "coco_vitb_aee_noalign.yaml",
                        "coco_vitb_dle_noalign.yaml",
                        "coco_vitb_cosine.yaml",
                        "coco_vitb_cls.yaml",
                        "in100_coco_vitb.yaml",
                        "in100_coco_vitb_4000ep.yaml",
                        "in100_coco_vitb_mae.yaml",
                        "in1k_vitb.yaml",
                        "in1k_vitb_mae.yaml",
                        "cifar10_vits.yaml",
                        "cifar10_vits_mae.yaml",
                        "cifar100_vits.yaml",
                        "cifar100_vits_mae.yaml");
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void loadsAndTellsItsCommand(Path recipe) throws IOException {
        RunConfig config = load(recipe);
        assertThat(config.outputDir()).isEqualTo("runs/" + name(recipe).replace(".yaml", ""));
        assertThat(Files.readString(recipe))
                .startsWith("# ")
                .contains("#   asl pretrain --config configs/" + name(recipe));
        assertThat(Files.readAllLines(recipe)).hasSizeBetween(10, 25);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void costsWhatItSays(Path recipe) throws IOException {
        RunConfig config = load(recipe);
        MatchResult cost = find(COST, recipe).orElseThrow();
        double flops = ModelSummary.of(config, Precision.FP32, 1).plain().training();
        double claimed = Double.parseDouble(cost.group(1));
        assertThat(claimed).isCloseTo(flops / 1e9, within(claimed < 10 ? 0.005 : 0.05));

        int epochs = Integer.parseInt(cost.group(4));
        long images = Long.parseLong(cost.group(3).replace(",", ""));
        assertThat(epochs).isEqualTo(config.train().epochs());
        assertThat(String.format("%.2e", flops * images * epochs).replace("e+", "e"))
                .isEqualTo(cost.group(2));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void batchesAddUpAsSaid(Path recipe) throws IOException {
        RunConfig config = load(recipe);
        int batch = config.train().batchSize() * config.train().accumIter();
        Optional<MatchResult> said = find(BATCH, recipe);
        if (said.isPresent()) {
            assertThat(config.train().batchSize())
                    .isEqualTo(Integer.parseInt(said.get().group(1)));
            assertThat(batch).isEqualTo(Integer.parseInt(said.get().group(3)));
        }
        boolean large = name(recipe).contains("vitb");
        if (!name(recipe).endsWith("_tiny.yaml")) { // those are free to choose
            assertThat(batch).isEqualTo(large ? 4096 : name(recipe).startsWith("cifar") ? 256 : 12);
        }
    }

    private static RunConfig load(Path recipe) {
        return ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.of(recipe), List.of())
                .config();
    }

    private static Optional<MatchResult> find(Pattern pattern, Path recipe) throws IOException {
        return pattern.matcher(Files.readString(recipe)).results().findFirst();
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
