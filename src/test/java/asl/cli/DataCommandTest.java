package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code asl data} as a person runs it. */
final class DataCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void checkListsBadImagesAndFails() throws IOException {
        image("a.png");
        Files.writeString(folder.resolve("b.jpg"), "a letter");
        assertThat(run("data", "check", "--set", "data.root=" + folder)).isEqualTo(1);
        assertThat(out.toString().lines()).singleElement().asString().startsWith(folder.resolve("b.jpg") + "\t");
        assertThat(err.toString()).contains("1 of 2 images cannot be read");
    }

    @Test
    void checkOfGoodImagesPasses() throws IOException {
        image("a.png");
        assertThat(run("data", "check", "--set", "data.root=" + folder)).isZero();
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void checkOfNothingIsAWrongConfiguration() {
        assertThat(run("data", "check", "--set", "data.root=" + folder)).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains("no image found");
    }

    @Test
    void statsPrintWhatAConfigurationTakes() throws IOException {
        image("a.png");
        assertThat(run("data", "stats", "--set", "data.root=" + folder)).isZero();
        assertThat(out.toString()).contains("data:\n  mean: [0.0000, 0.0000, 0.0000]\n  std: [0.0000, 0.0000, 0.0000]");
    }

    @Test
    void packMakesShardsThatAreRead() throws IOException {
        image("a.png");
        image("b.png");
        Path shards = folder.resolve("shards");
        String root = "data.root=" + folder;
        assertThat(run("data", "pack", "--set", root, "--out", shards.toString(), "--shard-size", "1"))
                .isZero();
        assertThat(err.toString()).contains("2 images in 2 shards in " + shards + "; 0 cannot be read");
        assertThat(shards.resolve("shard-000001.tar")).exists();
        assertThat(run("data", "check", "--set", "data.root=" + shards)).isZero();
        assertThat(err.toString()).contains("0 of 2 images cannot be read");
    }

    @Test
    void packRefusesAQualityWithoutEffect() throws IOException {
        image("a.png");
        assertThat(run("data", "pack", "--set", "data.root=" + folder, "--out", folder + "/x", "--quality", "50"))
                .isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains("only with --short-side");
    }

    private int run(String... arguments) {
        CommandLine asl = Asl.commandLine();
        asl.setOut(new PrintWriter(out));
        asl.setErr(new PrintWriter(err));
        return asl.execute(arguments);
    }

    /** A black square. */
    private void image(String name) throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }
}
