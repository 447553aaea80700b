package asl.distributed;

import com.sun.jna.NativeLibrary;

/**
 * A stream of the CUDA run time that PyTorch works with, beside the one that PyTorch computes on: what is given to it runs
 * while computing goes on.
 */
final class CudaStream {
    /** PyTorch's default stream; DJL uses no other. */
    private static final long COMPUTING = 0;

    /** Does not wait for the default stream, as others do at every call. */
    private static final int NON_BLOCKING = 1;

    private static final int WITHOUT_TIMING = 2;

    private final NativeLibrary runtime;
    private final int device;
    private final long stream;

    private CudaStream(NativeLibrary runtime, int device, long stream) {
        this.runtime = runtime;
        this.device = device;
        this.stream = stream;
    }

    /**
     * Finds the run time.
     *
     * @param nccl asked first: libtorch_cuda finds the run time that it is linked with, though others may be in this process
     */
    static NativeLibrary runtime(NativeLibrary nccl) {
        try {
            nccl.getFunction("cudaSetDevice");
            return nccl;
        } catch (UnsatisfiedLinkError e) {
            return LoadedLibrary.find("libcudart")
                    .orElseThrow(() -> new IllegalStateException("no libcudart in this process"));
        }
    }

    /** A new stream on a GPU, which becomes the calling thread's. */
    static CudaStream open(NativeLibrary runtime, int device) {
        call(runtime, "cudaSetDevice", device);
        long[] stream = new long[1];
        call(runtime, "cudaStreamCreateWithFlags", stream, NON_BLOCKING);
        return new CudaStream(runtime, device, stream[0]);
    }

    /** As NCCL takes it. */
    long handle() {
        return stream;
    }

    /** Marks what PyTorch has been given to compute so far; from any thread, whose GPU becomes this stream's. */
    long mark() {
        call(runtime, "cudaSetDevice", device);
        long[] event = new long[1];
        call(runtime, "cudaEventCreateWithFlags", event, WITHOUT_TIMING);
        call(runtime, "cudaEventRecord", event[0], COMPUTING);
        return event[0];
    }

    /** Lets what comes next on this stream wait until the computing has passed a mark, which is used up. */
    void waitFor(long mark) {
        call(runtime, "cudaStreamWaitEvent", stream, mark, 0);
        call(runtime, "cudaEventDestroy", mark);
    }

    /** Waits until all that was given to this stream is done. */
    void await() {
        call(runtime, "cudaStreamSynchronize", stream);
    }

    void close() {
        call(runtime, "cudaStreamDestroy", stream);
    }

    private static void call(NativeLibrary runtime, String function, Object... arguments) {
        int code = runtime.getFunction(function).invokeInt(arguments);
        if (code != 0) {
            throw new IllegalStateException(function + ": CUDA error " + code);
        }
    }
}
