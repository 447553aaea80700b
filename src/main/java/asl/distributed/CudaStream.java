package asl.distributed;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/** Two functions of the CUDA run time that PyTorch has loaded. */
record CudaStream(Function setDevice, Function synchronize) {
    static CudaStream bind() {
        NativeLibrary library = LoadedLibrary.find("libcudart")
                .orElseThrow(() -> new IllegalStateException("no libcudart in this process"));
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
