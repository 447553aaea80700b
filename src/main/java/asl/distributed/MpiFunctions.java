package asl.distributed;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The C functions of MPI that are used here. Handles are passed as {@code long}: Open MPI's are pointers and MPICH's are
 * ints, and on x86-64 and aarch64 a callee that wants an int looks at the lower half of the register.
 */
final class MpiFunctions {
    private MpiFunctions() {}

    /** Binds the functions; throws an UnsatisfiedLinkError where one is missing. */
    static void bind(NativeLibrary library) {
        Native.register(MpiFunctions.class, library);
    }

    static native int MPI_Get_library_version(byte[] version, int[] length);

    static native int MPI_Init_thread(long argc, long argv, int required, int[] provided);

    static native int MPI_Comm_set_errhandler(long comm, long handler);

    static native int MPI_Error_string(int code, byte[] text, int[] length);

    static native int MPI_Comm_rank(long comm, int[] rank);

    static native int MPI_Comm_size(long comm, int[] size);

    static native int MPI_Comm_split_type(long comm, int type, int key, long info, long[] result);

    static native int MPI_Allreduce(long send, long receive, int count, long type, long op, long comm);

    static native int MPI_Bcast(long buffer, int count, long type, int root, long comm);

    static native int MPI_Alltoall(
            long send, int sendCount, long sendType, long receive, int receiveCount, long receiveType, long comm);

    static native int MPI_Allgather(
            long send, int sendCount, long sendType, long receive, int receiveCount, long receiveType, long comm);

    static native int MPI_Barrier(long comm);

    static native int MPI_Abort(long comm, int code);

    static native int MPI_Finalize();
}
