package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fine-tuning recipe can be looked at before weights and data are there. */
final class FinetuneDryRunTest {
    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            return files.filter(file -> file.getFileName().toString().matches("(finetune|supervised)_.*\\.yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void recipesDryRunWithoutWeightsAndData(Path recipe) {
        boolean scratch = recipe.getFileName().toString().startsWith("supervised_");
        String weights = scratch ? "random" : "nowhere";
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Asl.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                        "finetune",
                        "--config",
                        recipe.toString(),
                        "--dry-run",
                        "--set",
                        "data.root=nowhere",
                        "--set",
                        "weights=" + weights);
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("layer_decay: ", "data         not there, so no schedule: data.root: nowhere");
        assertThat(out.toString())
                .contains(scratch ? "FLOPs        " : "weights      not there, so nothing is known of the model");
    }
}
