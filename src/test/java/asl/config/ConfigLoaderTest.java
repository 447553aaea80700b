package asl.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import asl.config.RunConfig.Branch;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {
    @TempDir
    private Path folder;

    @Test
    void layersInOrderDefaultsFileSets() throws IOException {
        Path file = write("run.yaml", "train: {epochs: 100, batch_size: 32}\nmethod:\n  branch: DLE\n");
        RunConfig config = load(file, "train.epochs=70", "model.image_size=[192, 256]");
        assertThat(config.train().epochs()).isEqualTo(70);
        assertThat(config.train().batchSize()).isEqualTo(32);
        assertThat(config.train().accumIter()).isEqualTo(1);
        assertThat(config.method().branch()).isEqualTo(Branch.DLE);
        assertThat(config.model().imageSize()).isEqualTo(new ImageSize(192, 256));
    }

    @Test
    void readsJsonByItsEnding() throws IOException {
        Path file = write("run.json", "{\n\t\"optim\": {\"blr\": 1e-3}\n}");
        assertThat(load(file).optim().blr()).isEqualTo(1e-3);
    }

    @Test
    void listsReplaceInsteadOfGrowing() throws IOException {
        RunConfig config = load(write("run.yaml", "data: {mean: [0.5, 0.4, 0.3]}"));
        assertThat(config.data().mean()).containsExactly(0.5, 0.4, 0.3);
        assertThat(load("data.mean=[0.1, 0.2, 0.3]").data().mean()).containsExactly(0.1, 0.2, 0.3);
    }

    @Test
    void entriesOfAMixTakeWhatTheyLeaveOutFromTheirSection() throws IOException {
        Path file = write("run.yaml", "data: {split: val, mix: [{root: /a}, {format: coco, root: b}]}");
        assertThat(load(file, "data.mix.1.root=/c").data().mix())
                .containsExactly(
                        new SourceConfig(DataFormat.AUTO, "/a", "val", 0),
                        new SourceConfig(DataFormat.COCO, "/c", "val", 0));
    }

    @Test
    void reportsEveryProblemWithItsPlace() throws IOException {
        Path file = write("bad.yaml", """
                optimizer: {lr: 1}
                train:
                  epoch: 5
                  accum_iter: 1.5
                  batchSize: 4
                method:
                  branch: both
                  align_cls: yes
                model: 5
                log:
                """);
        assertThat(problems(file, "train.steps=many", "engine.threads=-", "data.hflip=.inf"))
                .containsExactlyInAnyOrder(
                        file + ":1: optimizer: unknown key (did you mean optim?)",
                        file + ":3: train.epoch: unknown key (did you mean train.epochs?)",
                        file + ":4: train.accum_iter: expected a whole number, not 1.5",
                        file + ":5: train.batchSize: unknown key (did you mean train.batch_size?)",
                        file + ":7: method.branch: expected none, dle, aee, not 'both'",
                        file + ":8: method.align_cls: expected true or false, not 'yes'",
                        file + ":9: model: expected keys and values, not 5",
                        file + ":10: log: has no value; give one or leave the key out",
                        "--set: train.steps: expected a whole number, not 'many'",
                        "--set engine.threads=-: the value is not valid YAML (quote it for the shell as a whole)",
                        "--set: engine.threads: expected a whole number, not '-'",
                        "--set data.hflip=.inf: the value is not valid YAML (quote it for the shell as a whole)",
                        "--set: data.hflip: expected a number, not '.inf'");
    }

    @Test
    void suggestsTheKeyOfAnotherSection() {
        assertThat(problems("epochs=3", "train.lr=1"))
                .containsExactlyInAnyOrder(
                        "--set: epochs: unknown key (did you mean train.epochs?)",
                        "--set: train.lr: unknown key (did you mean optim.lr?)");
        assertThat(problems("methd.branch=dle", "data.mix=[{rot: /a, root: /b}]"))
                .containsExactlyInAnyOrder(
                        "--set: methd: unknown key (did you mean method?)",
                        "--set: data.mix[0].rot: unknown key (did you mean data.mix[0].root?)");
        assertThat(problems("method.zzzzzz=3")).containsExactly("--set: method.zzzzzz: unknown key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.epochs | 08 | expected a whole number, not '08'",
                "train.epochs | \"5\" | expected a whole number, not '5'",
                "train.epochs | 8e2 | expected a whole number, not 800.0",
                "train.epochs | 99999999999 | expected a whole number, not 99999999999",
                "train.epochs | auto | expected a whole number, not 'auto'",
                "train.batch_size | automatic | expected a whole number, not 'automatic'",
                "optim.blr | 1e400 | expected a number, not Infinity",
                "optim.blr | fast | expected a number, not 'fast'",
                "log.tensorboard | on | expected true or false, not 'on'",
                "log.tensorboard | 1 | expected true or false, not 1",
                "data.mean | 0.5 | expected a list, not 0.5",
                "data.mix | {a: 1} | expected a list, not keys and values",
                "model.image_size | 22.4 | expected a number or [height, width], not 22.4",
                "model.image_size | [1, 2, 3] | expected a number or [height, width], not [1,2,3]",
                "method.branch | 1 | expected none, dle, aee, not 1",
                "seed | ~ | has no value; give one or leave the key out",
            })
    void namesWrongValues(String key, String value, String message) {
        assertThat(problems(key + "=" + value)).containsExactly("--set: " + key + ": " + message);
    }

    @Test
    void readsScientificNumbersAndTheWordAuto() {
        assertThat(load("optim.blr=1e-4").optim().blr()).isEqualTo(1e-4);
        assertThat(load("optim.blr=1").optim().blr()).isEqualTo(1.0);
        assertThat(load("train.batch_size=auto", "train.effective_batch=256")
                        .train()
                        .batchSize())
                .isZero();
        assertThat(load("train.batch_size=16").train().batchSize()).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024", "yes", "a: b", "C:\\photos", "#1", "[x]", "", "null", "a=b"})
    void takesTextOnTheCommandLineAsItStands(String root) {
        assertThat(load("data.root=" + root).data().root()).isEqualTo(root);
    }

    @Test
    void textInAFileMustBeText() throws IOException {
        Path file = write("run.yaml", "data: {root: 2024, split: on}");
        assertThat(problems(file)).containsExactly(file + ":1: data.root: expected text, not 2024; put it in quotes");
    }

    @Test
    void refusesWhatYamlWouldHide() throws IOException {
        Path file = write(
                "run.yaml",
                "train:\n  epochs: 1\n  steps: 010\n  epochs: 2\ndata: {split: &s a, root: *s}\nseed: 1\nseed: 2");
        assertThat(problems(file))
                .containsExactly(
                        file + ":3: train.steps: a number with a leading zero is octal in YAML; leave the zero out",
                        file + ":4: train.epochs: given before, on line 2",
                        file + ":5: data.root: aliases are not supported; repeat the value",
                        file + ":7: seed: given before, on line 6");
    }

    @Test
    void namesTheFileThatCannotBeRead() throws IOException {
        assertThat(problems(folder.resolve("none.yaml")))
                .containsExactly(folder.resolve("none.yaml") + ": no such file");
        assertThat(problems(folder)).containsExactly(folder + ": a folder, not a file");

        Path list = write("list.yaml", "- a\n- b\n");
        assertThat(problems(list)).containsExactly(list + ": expected keys and values, not a list");

        Path open = write("open.yaml", "seed: 1\ntrain: {epochs: 1\n");
        assertThat(problems(open)).singleElement().asString().startsWith(open + ":3: not valid YAML: ");

        Path json = write("open.json", "{\"seed\": 1,\n \"train\" 5}");
        assertThat(problems(json)).singleElement().asString().startsWith(json + ":2: not valid: ");

        Path binary = folder.resolve("photo.yaml");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0});
        assertThat(problems(binary)).containsExactly(binary + ": not a text file (YAML or JSON in UTF-8 was expected)");

        Path two = write("two.yaml", "seed: 1\n---\nseed: 2\n");
        assertThat(problems(two))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).startsWith(two + ":3: "));
    }

    @Test
    void anEmptyFileChangesNothing() throws IOException {
        assertThat(load(write("empty.yaml", ""))).isEqualTo(load());
        assertThat(load(write("comments.yaml", "# nothing yet\n"))).isEqualTo(load());
    }

    @Test
    void reportsBrokenSets() {
        assertThat(problems("train.epochs", "=5", "data.mix.0.root=/a", "seed.x=1"))
                .containsExactlyInAnyOrder(
                        "--set train.epochs: expected key=value, such as train.epochs=100",
                        "--set =5: expected key=value, such as train.epochs=100",
                        "--set: data.mix: no entry '0' in a list of 0; set the list as a whole",
                        "--set: seed: expected a whole number, not keys and values");
    }

    @Test
    void resolvedYamlReadsBackToTheSameRecord() throws IOException {
        Path file = write("run.yaml", "data: {mix: [{root: \"yes\"}, {root: \"08\"}], hflip: 1e-7}");
        ResolvedConfig<RunConfig> resolved = ConfigLoader.load(
                RunConfig.class,
                RunConfig.DEFAULTS,
                Optional.of(file),
                List.of(
                        "output_dir=#a: 'b' \"c\"\t1",
                        "model.image_size=[32, 64]",
                        "train.batch_size=auto",
                        "train.effective_batch=256"));
        String yaml = resolved.toYaml();
        assertThat(yaml).contains("branch: aee\n", "batch_size: auto\n");
        assertThat(ConfigLoader.parse(RunConfig.class, RunConfig.DEFAULTS, yaml, "resolved.yaml"))
                .isEqualTo(resolved);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
    }

    private static RunConfig load(String... sets) {
        return ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.empty(), List.of(sets))
                .config();
    }

    private static RunConfig load(Path file, String... sets) {
        return ConfigLoader.load(RunConfig.class, RunConfig.DEFAULTS, Optional.of(file), List.of(sets))
                .config();
    }

    private static List<String> problems(String... sets) {
        return catchThrowableOfType(ConfigException.class, () -> load(sets)).problems();
    }

    private static List<String> problems(Path file, String... sets) {
        return catchThrowableOfType(ConfigException.class, () -> load(file, sets))
                .problems();
    }
}
