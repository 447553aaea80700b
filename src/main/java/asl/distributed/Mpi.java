package asl.distributed;

import asl.config.ConfigException;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.List;
import java.util.Optional;

/**
 * An MPI library, loaded; its calls throw where MPI returns an error. All calls must come from one thread, from {@link
 * #init} to {@link #finish}.
 */
final class Mpi {
    /** Names the library to use where several are installed: a system property. */
    static final String LIBRARY = "asl.mpi.library";

    /** Counts are C ints; larger arrays go in pieces. */
    private static final int LARGEST = 1 << 28;

    private static final int FUNNELED = 1;
    private static final int LARGEST_TEXT = 8192;

    private static final List<String> OPEN_MPI_FIRST =
            List.of("libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpi.so", "mpi");
    private static final List<String> MPICH_FIRST =
            List.of("libmpich.so.12", "libmpi.so.12", "libmpi.so.40", "libmpi.so", "mpi");

    private final MpiHandles handles;
    private final String version;

    private Mpi(MpiHandles handles, String version) {
        this.handles = handles;
        this.version = version;
    }

    /**
     * Loads the library of the launcher's kind.
     *
     * @param pmix whether the launcher speaks as Open MPI's does
     * @throws ConfigException if there is none
     */
    static Mpi load(boolean pmix) {
        // UCX and Open MPI take signals that the JVM lives on (a null check is a SIGSEGV); before anything of them is
        // mapped.
        setDefault("OMPI_MCA_opal_signal", "");
        setDefault("UCX_ERROR_SIGNALS", "");
        String named = System.getProperty(LIBRARY);
        List<String> names = named != null ? List.of(named) : pmix ? OPEN_MPI_FIRST : MPICH_FIRST;
        return names.stream()
                .flatMap(name -> load(name).stream())
                .findFirst()
                .orElseThrow(() -> new ConfigException("dist.transport: no MPI library found (tried "
                        + String.join(", ", names)
                        + "); install one (Debian, Ubuntu: apt-get install openmpi-bin), or name"
                        + " it by ASL_JAVA_OPTS=-D" + LIBRARY + "=FILE"));
    }

    /** Empty if the library is absent, of another architecture, or none of MPI. */
    private static Optional<Mpi> load(String name) {
        try {
            NativeLibrary library = NativeLibrary.getInstance(name);
            MpiFunctions.bind(library);
            String version = version();
            return Optional.of(new Mpi(MpiHandles.of(library, version), version));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    private static void setDefault(String name, String value) {
        int code = Function.getFunction("c", "setenv").invokeInt(new Object[] {name, value, 0});
        if (code != 0) {
            throw new IllegalStateException("setenv " + name + " failed with code " + code);
        }
    }

    private static String version() {
        byte[] text = new byte[LARGEST_TEXT];
        int code = MpiFunctions.MPI_Get_library_version(text, new int[1]);
        if (code != 0) {
            throw new IllegalStateException("MPI_Get_library_version failed with code " + code);
        }
        return Native.toString(text);
    }

    /** Name and version of the library: "Open MPI v4.1.4". */
    String describe() {
        return version.lines()
                .findFirst()
                .orElse("MPI")
                .replaceFirst(",.*", "")
                .replaceFirst("Version:\\s*", "")
                .strip();
    }

    boolean isOpenMpi() {
        return version.startsWith("Open MPI");
    }

    /** Starts MPI; the processes of one machine are counted by the memory that they share. */
    Place init() {
        check(MpiFunctions.MPI_Init_thread(0, 0, FUNNELED, new int[1]), "MPI_Init_thread");
        check(MpiFunctions.MPI_Comm_set_errhandler(handles.world(), handles.errorsReturn()), "MPI_Comm_set_errhandler");
        long[] machine = new long[1];
        int rank = rank(handles.world());
        check(
                MpiFunctions.MPI_Comm_split_type(
                        handles.world(), handles.sharedMemory(), rank, handles.infoNull(), machine),
                "MPI_Comm_split_type");
        return new Place(rank, size(handles.world()), rank(machine[0]), size(machine[0]));
    }

    private static int rank(long communicator) {
        int[] rank = new int[1];
        check(MpiFunctions.MPI_Comm_rank(communicator, rank), "MPI_Comm_rank");
        return rank[0];
    }

    private static int size(long communicator) {
        int[] size = new int[1];
        check(MpiFunctions.MPI_Comm_size(communicator, size), "MPI_Comm_size");
        return size[0];
    }

    /** Element-wise sum of so many floats, in place. */
    void sumFloats(long address, long count) {
        for (long done = 0; done < count; done += LARGEST) {
            int piece = (int) Math.min(LARGEST, count - done);
            allReduce(address + done * Float.BYTES, piece, handles.floatType(), handles.sum());
        }
    }

    void sumDoubles(long address, int count) {
        allReduce(address, count, handles.doubleType(), handles.sum());
    }

    void maxDoubles(long address, int count) {
        allReduce(address, count, handles.doubleType(), handles.max());
    }

    private void allReduce(long address, int count, long type, long op) {
        check(
                MpiFunctions.MPI_Allreduce(handles.inPlace(), address, count, type, op, handles.world()),
                "MPI_Allreduce");
    }

    /** Replaces so many bytes by those of the root. */
    void broadcast(long address, long bytes, int root) {
        for (long done = 0; done < bytes; done += LARGEST) {
            int piece = (int) Math.min(LARGEST, bytes - done);
            check(
                    MpiFunctions.MPI_Bcast(address + done, piece, handles.byteType(), root, handles.world()),
                    "MPI_Bcast");
        }
    }

    /** Block r of what rank s sends becomes block s of what rank r receives. */
    void allToAll(long send, long receive, int blockBytes) {
        long type = handles.byteType();
        check(
                MpiFunctions.MPI_Alltoall(send, blockBytes, type, receive, blockBytes, type, handles.world()),
                "MPI_Alltoall");
    }

    /** The blocks of all ranks, one behind the other. */
    void allGather(long send, long receive, int blockBytes) {
        long type = handles.byteType();
        check(
                MpiFunctions.MPI_Allgather(send, blockBytes, type, receive, blockBytes, type, handles.world()),
                "MPI_Allgather");
    }

    void barrier() {
        check(MpiFunctions.MPI_Barrier(handles.world()), "MPI_Barrier");
    }

    void abort(int code) {
        check(MpiFunctions.MPI_Abort(handles.world(), code), "MPI_Abort");
    }

    void finish() {
        check(MpiFunctions.MPI_Finalize(), "MPI_Finalize");
    }

    private static void check(int code, String function) {
        if (code == 0) {
            return;
        }
        byte[] text = new byte[LARGEST_TEXT];
        int unreadable = MpiFunctions.MPI_Error_string(code, text, new int[1]);
        throw new IllegalStateException(function + ": " + (unreadable == 0 ? Native.toString(text) : "error " + code));
    }
}
