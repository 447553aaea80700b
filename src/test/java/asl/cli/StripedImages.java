package asl.cli;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** A labelled IDX data set made for tests: vertical, horizontal and diagonal stripes, each of a brightness; and commands run on it. */
final class StripedImages {
    static final int CLASSES = 3;
    private static final int SIDE = 28;

    private StripedImages() {}

    /** Writes both parts. */
    static void write(Path folder, int train, int test) throws IOException {
        Files.createDirectories(folder);
        write(folder, "train", train);
        write(folder, "t10k", test);
    }

    private static void write(Path folder, String prefix, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x801).putInt(count);
        RandomStream random = RandomStream.of(0, Purpose.INIT, RandomStream.key(prefix));
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            int period = 2 + random.nextInt(6);
            int bright = 80 + 60 * label + random.nextInt(30);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int along = label == 0 ? x : label == 1 ? y : x + y;
                    images.put((byte) ((along / period % 2 == 0 ? bright : 20) + random.nextInt(20)));
                }
            }
            labels.put((byte) label);
        }
        Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), labels.array());
    }

    /** What a command gave back. */
    record Result(int code, String out, String err) {}

    /** Runs {@code asl}, every setting behind a --set. */
    static Result run(List<String> arguments, List<String> settings) {
        List<String> command = new ArrayList<>(arguments);
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine asl = Asl.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = asl.execute(command.toArray(String[]::new));
        return new Result(code, out.toString(), err.toString());
    }
}
