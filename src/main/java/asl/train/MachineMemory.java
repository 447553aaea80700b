package asl.train;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this machine, or of the container that this process runs in. */
public final class MachineMemory {
    private static final long MIB = 1L << 20;

    private MachineMemory() {}

    /** Bytes in all; the container's limit where that is less. */
    public static long totalBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /**
     * Bytes that this process may still take, caches of files counted as free. In a container what this process has is
     * taken off the limit; that of others in it is not known.
     */
    public static long availableBytes() {
        long ours = (long) (ProcessMemory.residentMib() * MIB);
        return Math.min(machineAvailable(), totalBytes() - ours);
    }

    private static long machineAvailable() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            // Not Linux: what the JVM calls free, which leaves caches out.
        }
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
    }
}
