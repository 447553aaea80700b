package asl.distributed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import asl.distributed.NcclFunctions.UniqueId;
import com.sun.jna.NativeLibrary;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tensors of GPUs by NCCL: one group call for all arrays that are ready, on a stream beside the one that PyTorch computes
 * on; nothing has to be copied or flattened. Written after NCCL's documentation; tests run every call against a stand-in on
 * host memory, the real library has not been run on a GPU.
 */
final class NcclTensors implements TensorTransport {
    /** Names the library to use: a system property. */
    private static final String LIBRARY = "asl.nccl.library";

    private final CudaStream stream;
    private final CollectiveThread thread;
    private final long communicator;
    private final int size;
    private @Nullable IllegalStateException failure; // of the thread alone

    private NcclTensors(CudaStream stream, CollectiveThread thread, long communicator, int size) {
        this.stream = stream;
        this.thread = thread;
        this.communicator = communicator;
        this.size = size;
    }

    /** NCCL as PyTorch brings it, or the system's. */
    static Optional<NativeLibrary> find() {
        String named = System.getProperty(LIBRARY);
        Optional<NativeLibrary> torch = LoadedLibrary.find("libtorch_cuda.so");
        if (named == null && torch.isPresent() && binds(torch.get())) {
            return torch;
        }
        Optional<NativeLibrary> mapped = LoadedLibrary.find("libnccl.so");
        if (named == null && mapped.isPresent() && binds(mapped.get())) {
            return mapped;
        }
        try {
            NativeLibrary library = NativeLibrary.getInstance(named == null ? "libnccl.so.2" : named);
            return binds(library) ? Optional.of(library) : Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    private static boolean binds(NativeLibrary library) {
        try {
            NcclFunctions.bind(library);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false; // this one does not export them
        }
    }

    /**
     * Joins all ranks; collective.
     *
     * @param device number of the GPU of this process
     */
    static NcclTensors open(HostGroup group, NativeLibrary library, int device) {
        NcclFunctions.bind(library);
        CollectiveThread thread = group.newThread("nccl");
        NativeLibrary cuda = CudaStream.runtime(library);
        UniqueId.ByValue id = new UniqueId.ByValue();
        if (group.place().rank() == 0) {
            UniqueId made = new UniqueId();
            check(NcclFunctions.ncclGetUniqueId(made), "ncclGetUniqueId");
            made.read();
            System.arraycopy(made.internal, 0, id.internal, 0, NcclFunctions.ID_BYTES);
        }
        System.arraycopy(group.broadcast(id.internal), 0, id.internal, 0, NcclFunctions.ID_BYTES);
        id.write();
        long[] communicator = new long[1];
        Place place = group.place();
        try {
            CudaStream stream = thread.call("ncclCommInitRank", () -> {
                CudaStream made = CudaStream.open(cuda, device); // of this thread; the communicator is bound to it
                int code = NcclFunctions.ncclCommInitRank(communicator, place.size(), id, place.rank());
                if (code != 0) {
                    made.close();
                }
                check(code, "ncclCommInitRank (one GPU a rank is needed)");
                return made;
            });
            return new NcclTensors(stream, thread, communicator[0], place.size());
        } catch (RuntimeException e) {
            thread.close();
            throw e;
        }
    }

    @Override
    public World.Reduction startAllReduceMean(NDList arrays) {
        return grouped("an all-reduce of " + arrays.size() + " arrays", arrays, (address, count) -> {
            check(
                    NcclFunctions.ncclAllReduce(
                            address,
                            address,
                            count,
                            NcclFunctions.FLOAT32,
                            NcclFunctions.AVERAGE,
                            communicator,
                            stream.handle()),
                    "ncclAllReduce");
        });
    }

    @Override
    public void broadcast(NDList arrays, int root) {
        grouped("a broadcast of " + arrays.size() + " arrays", arrays, (address, count) -> {
                    check(
                            NcclFunctions.ncclBroadcast(
                                    address,
                                    address,
                                    count,
                                    NcclFunctions.FLOAT32,
                                    root,
                                    communicator,
                                    stream.handle()),
                            "ncclBroadcast");
                })
                .await();
    }

    private interface Collective {
        void on(long address, long count);
    }

    /** All arrays in one group. */
    private World.Reduction grouped(String what, NDList arrays, Collective collective) {
        long[] addresses = arrays.stream().mapToLong(TensorAddress::of).toArray();
        long[] counts = arrays.stream().mapToLong(NDArray::size).toArray();
        return grouped(what, () -> {
            for (int i = 0; i < addresses.length; i++) {
                collective.on(addresses[i], counts[i]);
            }
        });
    }

    /**
     * The thread waits for the stream, since only a wait can find out that another rank is lost. After a failure nothing is
     * given to NCCL any more: on what is left of the communicator it may wait for ever.
     */
    private World.Reduction grouped(String what, Runnable calls) {
        long mark = stream.mark(); // on the caller's thread: what it computes from now on need not be waited for
        return thread.start(what, () -> {
            if (failure != null) {
                throw failure;
            }
            try {
                stream.waitFor(mark);
                check(NcclFunctions.ncclGroupStart(), "ncclGroupStart");
                calls.run();
                check(NcclFunctions.ncclGroupEnd(), "ncclGroupEnd");
                stream.await();
                int[] error = new int[1];
                check(NcclFunctions.ncclCommGetAsyncError(communicator, error), "ncclCommGetAsyncError");
                check(error[0], what);
            } catch (IllegalStateException e) {
                failure = e;
                throw e;
            }
        });
    }

    @Override
    public void allToAll(NDArray sent, NDArray received) {
        long from = TensorAddress.ofAnyType(sent);
        long to = TensorAddress.ofAnyType(received);
        long count = sent.size() / size;
        grouped("an exchange of " + count + " numbers a rank", () -> {
                    for (int peer = 0; peer < size; peer++) {
                        long offset = peer * count * NcclFunctions.BFLOAT16_BYTES;
                        check(
                                NcclFunctions.ncclSend(
                                        from + offset,
                                        count,
                                        NcclFunctions.BFLOAT16,
                                        peer,
                                        communicator,
                                        stream.handle()),
                                "ncclSend");
                        check(
                                NcclFunctions.ncclRecv(
                                        to + offset,
                                        count,
                                        NcclFunctions.BFLOAT16,
                                        peer,
                                        communicator,
                                        stream.handle()),
                                "ncclRecv");
                    }
                })
                .await();
    }

    @Override
    public void allGather(NDArray part, NDArray whole) {
        long from = TensorAddress.ofAnyType(part);
        long to = TensorAddress.ofAnyType(whole);
        long count = part.size();
        grouped(
                        "a gathering of " + count + " numbers a rank",
                        () -> check(
                                NcclFunctions.ncclAllGather(
                                        from, to, count, NcclFunctions.BFLOAT16, communicator, stream.handle()),
                                "ncclAllGather"))
                .await();
    }

    private static void check(int code, String function) {
        if (code != 0) {
            throw new IllegalStateException(function + ": NCCL: " + NcclFunctions.ncclGetErrorString(code));
        }
    }

    @Override
    public void close() {
        thread.run("ncclCommDestroy", () -> {
            check(NcclFunctions.ncclCommDestroy(communicator), "ncclCommDestroy");
            stream.close();
        });
        thread.close();
    }
}
