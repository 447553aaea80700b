package asl.ops;

import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;

/** PyTorch's own profiler, which sees every operator of the calling thread. */
public final class OperatorTrace {
    private OperatorTrace() {}

    /**
     * Runs the calls under the profiler.
     *
     * @param file the JSON to write every single operator to, for {@code chrome://tracing} and Perfetto
     */
    public static void write(Path file, Runnable calls) {
        JniUtils.startProfile(false, true, false); // shapes are recorded, memory is not
        try {
            calls.run();
        } finally {
            JniUtils.stopProfile(file.toString());
        }
    }
}
