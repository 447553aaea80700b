package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Fine-tuning on class folders, then the classes of single images. */
@Tag("engine")
final class PredictCommandTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = folder.resolve("data");
        for (String part : List.of("train", "val")) {
            for (int i = 0; i < 12; i++) {
                write(part + "/dark/" + i + ".png", new Color(10 + i, 20, 30));
                write(part + "/light/" + i + ".png", new Color(230 + i, 220, 240));
            }
        }
    }

    private void write(String name, Color color) throws IOException {
        BufferedImage image = new BufferedImage(20, 16, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color);
        graphics.fillRect(0, 0, 20, 16);
        graphics.dispose();
        Path file = data.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    private record Result(int code, String out, String err) {}

    private static Result execute(List<String> command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine asl = Asl.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Result(asl.execute(command.toArray(String[]::new)), out.toString(), err.toString());
    }

    private Result finetune(String... sets) {
        List<String> command =
                new ArrayList<>(List.of("finetune", "-o", folder.resolve("run").toString(), "--overwrite"));
        List<String> all = new ArrayList<>(List.of(
                "weights=random",
                "data.root=" + data,
                "model.image_size=16",
                "model.patch_size=8",
                "model.channels=3",
                "model.width=16",
                "model.depth=1",
                "model.heads=2",
                "classifier.layer_decay=1",
                "augment.rand_augment=",
                "augment.mixup=0",
                "augment.cutmix=0",
                "augment.erasing=0",
                "train.batch_size=8",
                "train.epochs=0",
                "train.steps=20",
                "optim.lr=1e-2",
                "optim.warmup_epochs=0",
                "engine.threads=1"));
        all.addAll(List.of(sets));
        all.forEach(set -> command.addAll(List.of("--set", set)));
        return execute(command);
    }

    private List<String> predict(String... more) {
        List<String> command = new ArrayList<>(
                List.of("predict", "--checkpoint", folder.resolve("run/best").toString()));
        command.addAll(List.of(more));
        return command;
    }

    @Test
    void namesTheClassesOfFilesAndFolders() throws IOException {
        assertThat(finetune().code()).isZero();
        Files.writeString(data.resolve("broken.png"), "no image");
        Path dark = data.resolve("val/dark/3.png");
        Result table = execute(predict(
                dark.toString(),
                data.resolve("broken.png").toString(),
                data.resolve("val/light").toString()));
        assertThat(table.code()).isZero();
        List<String> lines = table.out().lines().toList();
        assertThat(lines).hasSize(13);
        assertThat(lines.get(0)).startsWith(dark + "\tdark ").contains("\tlight ");
        assertThat(lines.subList(1, 13)).allMatch(line -> line.contains(".png\tlight "));
        assertThat(table.err())
                .startsWith("skipped " + data.resolve("broken.png"))
                .hasLineCount(1);

        Result json = execute(predict("--format", "json", "--top", "1", dark.toString()));
        JsonNode node = new ObjectMapper().readTree(json.out());
        assertThat(node.get("image").asText()).isEqualTo(dark.toString());
        assertThat(node.get("predictions")).hasSize(1);
        assertThat(node.at("/predictions/0/label").asText()).isEqualTo("dark");
        assertThat(node.at("/predictions/0/probability").asDouble()).isBetween(0.5, 1.0);

        Result none = execute(predict(data.resolve("broken.png").toString(), "missing.jpg"));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("missing.jpg", "not one of 2 images could be read");
    }

    @Test
    void badDataSetsAreRefusedInOneLine() throws IOException {
        Files.createDirectories(data.resolve("train/empty"));
        refused(finetune(), "train/empty: a class folder without an image");
        Files.delete(data.resolve("train/empty"));
        write("train/new/0.png", Color.RED);
        refused(finetune(), "no image of 1 of 3 training classes: new");
        refused(finetune("classifier.classes=1", "data.val_split=train"), "data");
    }

    @Test
    void anUnknownPolicyIsRefusedByItsKey() {
        refused(finetune("augment.rand_augment=rand-x9"), "augment.rand_augment: ");
    }

    private static void refused(Result result, String message) {
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(message).hasLineCount(1);
    }
}
