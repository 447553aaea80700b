package asl.distributed;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** The C functions of NCCL (2.10 or later) that are used here, and two of CUDA's run time. */
final class NcclFunctions {
    static final int FLOAT32 = 7;
    static final int BFLOAT16 = 9;
    static final int BFLOAT16_BYTES = 2;
    static final int AVERAGE = 4;
    static final int ID_BYTES = 128;

    private NcclFunctions() {}

    /** What rank 0 makes and every rank joins by. */
    @FieldOrder("internal")
    public static class UniqueId extends Structure {
        public byte[] internal = new byte[ID_BYTES];

        /** As ncclCommInitRank takes it. */
        public static final class ByValue extends UniqueId implements Structure.ByValue {}
    }

    static void bind(NativeLibrary library) {
        Native.register(NcclFunctions.class, library);
    }

    static native int ncclGetUniqueId(UniqueId id);

    static native int ncclCommInitRank(long[] comm, int size, UniqueId.ByValue id, int rank);

    static native int ncclAllReduce(long send, long receive, long count, int type, int op, long comm, long stream);

    static native int ncclBroadcast(long send, long receive, long count, int type, int root, long comm, long stream);

    static native int ncclAllGather(long send, long receive, long count, int type, long comm, long stream);

    static native int ncclSend(long send, long count, int type, int peer, long comm, long stream);

    static native int ncclRecv(long receive, long count, int type, int peer, long comm, long stream);

    static native int ncclGroupStart();

    static native int ncclGroupEnd();

    static native int ncclCommGetAsyncError(long comm, int[] error);

    static native int ncclCommDestroy(long comm);

    static native String ncclGetErrorString(int code);
}
