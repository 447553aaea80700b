package asl.distributed;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.config.ConfigException;

/** Tensors over MPI: those of the host in place, those of a GPU by way of the host. */
final class MpiTensors implements TensorTransport {
    private static final int BF16_BYTES = 2;

    private final MpiGroup group;

    MpiTensors(MpiGroup group) {
        this.group = group;
    }

    @Override
    public World.Reduction startAllReduceMean(NDList arrays) {
        if (arrays.head().getDevice().isGpu()) {
            onHost(arrays, host -> startOnHost(host).await());
            return () -> {};
        }
        return startOnHost(arrays);
    }

    private World.Reduction startOnHost(NDList host) {
        long[] addresses = host.stream().mapToLong(TensorAddress::of).toArray();
        long[] counts = host.stream().mapToLong(NDArray::size).toArray();
        World.Reduction sums = group.start("an all-reduce of " + host.size() + " arrays", mpi -> {
            for (int i = 0; i < addresses.length; i++) {
                mpi.sumFloats(addresses[i], counts[i]);
            }
        });
        return () -> {
            sums.await();
            // Not on MPI's thread, which would start a second team of PyTorch's threads.
            host.forEach(array -> array.divi(group.place().size()));
        };
    }

    @Override
    public void broadcast(NDList arrays, int root) {
        onHost(arrays, host -> {
            long[] addresses = host.stream().mapToLong(TensorAddress::of).toArray();
            long[] bytes =
                    host.stream().mapToLong(array -> array.size() * Float.BYTES).toArray();
            group.run("a broadcast of " + host.size() + " arrays", mpi -> {
                for (int i = 0; i < addresses.length; i++) {
                    mpi.broadcast(addresses[i], bytes[i], root);
                }
            });
        });
    }

    @Override
    public void allToAll(NDArray sent, NDArray received) {
        exchange(
                "an exchange",
                sent,
                received,
                Mpi::allToAll,
                blockBytes(sent.size() / group.place().size()));
    }

    @Override
    public void allGather(NDArray part, NDArray whole) {
        exchange("a gathering", part, whole, Mpi::allGather, blockBytes(part.size()));
    }

    private interface Exchange {
        void on(Mpi mpi, long send, long receive, int blockBytes);
    }

    private void exchange(String what, NDArray sent, NDArray received, Exchange exchange, int blockBytes) {
        if (sent.getDevice().isGpu()) { // DJL cannot copy what it has no type for
            throw new ConfigException("dist.bf16_allreduce: on GPUs it needs NCCL; set it to false");
        }
        long from = TensorAddress.ofAnyType(sent);
        long to = TensorAddress.ofAnyType(received);
        group.run(what + " of " + blockBytes + " bytes a rank", mpi -> exchange.on(mpi, from, to, blockBytes));
    }

    private static int blockBytes(long elements) {
        return Math.toIntExact(elements * BF16_BYTES);
    }

    private interface Work {
        void on(NDList host);
    }

    private static void onHost(NDList arrays, Work work) {
        if (arrays.isEmpty()) {
            return;
        }
        if (!arrays.head().getDevice().isGpu()) {
            work.on(arrays);
            return;
        }
        for (NDArray array : arrays) { // one at a time: the host need not hold all
            try (NDArray copy = array.toDevice(Device.cpu(), true)) {
                work.on(new NDList(copy));
                copy.copyTo(array);
            }
        }
    }

    @Override
    public void close() {}
}
