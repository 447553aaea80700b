package asl.interop;

import java.io.IOException;
import java.nio.file.Path;

/** Opens files and reads all that they hold: a program of its own, so that its heap can be a small one. */
final class HostileFiles {
    private HostileFiles() {}

    /** Prints a line for each file: what is wrong with it, or that it was read. */
    public static void main(String[] files) {
        for (String file : files) {
            try (CanonicalWeights weights = CheckpointReader.open(Path.of(file))) {
                for (TensorInfo tensor : weights.tensors()) {
                    weights.floats(tensor.name());
                }
                System.out.println(file + ": read");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
