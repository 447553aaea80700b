package asl.distributed;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/** Two functions of the CUDA run time that PyTorch works with. */
record CudaStream(Function setDevice, Function synchronize) {
    /**
     * Finds them.
     *
     * @param nccl asked first: libtorch_cuda finds the run time that it is linked with, though others may be in this process
     */
    static CudaStream bind(NativeLibrary nccl) {
        try {
            return of(nccl);
        } catch (UnsatisfiedLinkError e) {
            return of(LoadedLibrary.find("libcudart")
                    .orElseThrow(() -> new IllegalStateException("no libcudart in this process")));
        }
    }

    private static CudaStream of(NativeLibrary library) {
        return new CudaStream(library.getFunction("cudaSetDevice"), library.getFunction("cudaStreamSynchronize"));
    }

    /** Makes a GPU that of the calling thread. */
    void setDevice(int device) {
        check(setDevice.invokeInt(new Object[] {device}), "cudaSetDevice");
    }

    /** Waits until all that was given to a stream is done. */
    void await(long stream) {
        check(synchronize.invokeInt(new Object[] {stream}), "cudaStreamSynchronize");
    }

    private static void check(int code, String function) {
        if (code != 0) {
            throw new IllegalStateException(function + ": CUDA error " + code);
        }
    }
}
