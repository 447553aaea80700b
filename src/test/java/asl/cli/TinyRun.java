package asl.cli;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** A pre-training that takes seconds: a model of two narrow blocks on 50 generated images of 28 pixels. */
final class TinyRun {
    static final int IMAGES = 50;

    private TinyRun() {}

    /** Writes the images into a folder; returns it. */
    static Path makeImages(Path folder) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + IMAGES * 784);
        images.putInt(0x803).putInt(IMAGES).putInt(28).putInt(28);
        RandomStream random = RandomStream.of(0, Purpose.INIT);
        for (int i = 0; i < IMAGES; i++) {
            int period = 2 + random.nextInt(8);
            for (int p = 0; p < 784; p++) {
                images.put((byte) (p % 28 / period % 2 == 0 ? 220 : 30)); // stripes: something to learn
            }
        }
        Files.write(folder.resolve("train-images-idx3-ubyte"), images.array());
        return folder;
    }

    /** Settings for an encoder of two narrow blocks on such images, on one thread in fp32, and more. */
    static List<String> model(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "model.size=auto",
                "model.width=32",
                "model.depth=2",
                "model.heads=2",
                "model.image_size=28",
                "model.patch_size=7",
                "model.channels=1",
                "data.mean=[0.5]",
                "data.std=[0.25]",
                "engine.precision=fp32",
                "engine.threads=1"));
        settings.addAll(List.of(more));
        return settings;
    }

    /** The arguments of {@code asl} that pre-train on such a folder; batch 8, a log line every step. */
    static List<String> command(Path data, Path output) {
        List<String> command = new ArrayList<>(List.of("pretrain", "-o", output.toString()));
        List<String> settings = model(
                "data.root=" + data,
                "decoder.width=16",
                "decoder.depth=2",
                "decoder.heads=2",
                "train.batch_size=8",
                "optim.lr=3e-3",
                "optim.warmup_epochs=1",
                "checkpoint.every_steps=2",
                "log.every_steps=1");
        for (String set : settings) {
            command.add("--set");
            command.add(set);
        }
        return command;
    }

    /** Leaves but one of a run's checkpoints, as the newest. */
    static void goBackTo(Path checkpoints, String name) throws IOException {
        try (Stream<Path> tree = Files.walk(checkpoints)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(checkpoints) && !path.toString().contains(name)) {
                    Files.delete(path);
                }
            }
        }
        Files.writeString(checkpoints.resolve("latest"), name + "\n");
    }

    /** A digest of the tensors in a file of a run's newest checkpoint; the file's header names the output folder. */
    static String tensors(Path run, String name) throws IOException {
        Path checkpoints = run.resolve("checkpoints");
        String latest = Files.readString(checkpoints.resolve("latest")).strip();
        ByteBuffer file = ByteBuffer.wrap(
                        Files.readAllBytes(checkpoints.resolve(latest).resolve(name)))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.position(Math.toIntExact(8 + file.getLong(0)));
        CRC32 crc = new CRC32();
        int size = file.remaining();
        crc.update(file);
        return latest + ", " + size + " bytes, crc " + crc.getValue();
    }
}
