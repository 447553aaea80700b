package asl.train;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as the system counts it, tensors included. */
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /** Resident memory in MiB; where the system does not tell, that of the heap. */
    public static double residentMib() {
        return field("VmRSS:");
    }

    /** The largest it ever was, in MiB. */
    public static double peakMib() {
        return field("VmHWM:");
    }

    /** The same of a GPU, in MiB: what it has given out, which PyTorch does not hand back; of a CPU that of the process. */
    public static double peakMib(Device device) {
        return device.isGpu() ? CudaUtils.getGpuMemory(device).getCommitted() / (1024.0 * 1024) : peakMib();
    }

    private static double field(String name) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(name)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
                }
            }
        } catch (IOException e) {
            // Not Linux: the heap will have to do.
        }
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / (1024.0 * 1024);
    }
}
