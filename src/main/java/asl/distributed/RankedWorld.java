package asl.distributed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.config.DistConfig.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Several processes: host values go by a {@link HostGroup}, tensors by MPI or NCCL, which is chosen when the first tensor
 * comes, since only then it is known where tensors live.
 */
final class RankedWorld implements World {
    private final HostGroup group;
    private final Transport transport;
    private final int cores;
    private @Nullable TensorTransport tensors; // null before the first tensor

    RankedWorld(HostGroup group, Transport transport) {
        this.group = group;
        this.transport = transport;
        this.cores = cores(group);
    }

    /** Ranks that are bound to cores of their own keep them; those that may run on the same ones divide them. */
    private static int cores(HostGroup group) {
        int available = Runtime.getRuntime().availableProcessors();
        double mask = allowedCores();
        double[] bounds = group.max(mask, -mask);
        boolean same = bounds[0] == -bounds[1];
        return same ? Math.max(1, available / group.place().localSize()) : available;
    }

    /** A number for the set of cores that the system lets this process use. */
    private static double allowedCores() {
        CRC32 crc = new CRC32();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Cpus_allowed:")) {
                    line.chars().forEach(crc::update);
                }
            }
        } catch (IOException e) {
            return 0; // not known: taken for shared
        }
        return crc.getValue();
    }

    @Override
    public int rank() {
        return group.place().rank();
    }

    @Override
    public int size() {
        return group.place().size();
    }

    @Override
    public int localRank() {
        return group.place().localRank();
    }

    @Override
    public int cores() {
        return cores;
    }

    @Override
    public void allReduceMean(NDList arrays) {
        startAllReduceMean(arrays).await();
    }

    @Override
    public Reduction startAllReduceMean(NDList arrays) {
        return arrays.isEmpty() ? () -> {} : tensors(arrays.head()).startAllReduceMean(arrays);
    }

    @Override
    public void broadcast(NDList arrays, int root) {
        if (!arrays.isEmpty()) {
            tensors(arrays.head()).broadcast(arrays, root);
        }
    }

    @Override
    public void allToAll(NDArray sent, NDArray received) {
        tensors(sent).allToAll(sent, received);
    }

    @Override
    public void allGather(NDArray part, NDArray whole) {
        tensors(part).allGather(part, whole);
    }

    private TensorTransport tensors(NDArray first) {
        if (tensors == null) {
            tensors = TensorTransports.choose(group, transport, first.getDevice());
        }
        return tensors;
    }

    @Override
    public double[] allReduceSum(double... values) {
        return group.sum(values);
    }

    @Override
    public double[] allReduceMax(double... values) {
        return group.max(values);
    }

    @Override
    public void barrier() {
        group.barrier();
    }

    @Override
    public void abort(int exitCode) {
        group.abort(exitCode);
    }

    @Override
    public String describe() {
        return group.describe();
    }

    @Override
    public void close() {
        if (tensors != null) {
            tensors.close();
        }
        group.close();
    }
}
