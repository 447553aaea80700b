package asl.distributed;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** The predefined handles and constants of an MPI library, which differ between the two families of binary interfaces. */
record MpiHandles(
        long world,
        long floatType,
        long doubleType,
        long byteType,
        long sum,
        long max,
        long inPlace,
        long infoNull,
        long errorsReturn,
        int sharedMemory) {

    /** @param version as MPI_Get_library_version gives it */
    static MpiHandles of(NativeLibrary library, String version) {
        if (version.startsWith("Open MPI")) {
            return new MpiHandles( // addresses of exported structs; numbers as in its mpi.h
                    address(library, "ompi_mpi_comm_world"),
                    address(library, "ompi_mpi_float"),
                    address(library, "ompi_mpi_double"),
                    address(library, "ompi_mpi_byte"),
                    address(library, "ompi_mpi_op_sum"),
                    address(library, "ompi_mpi_op_max"),
                    1,
                    address(library, "ompi_mpi_info_null"),
                    address(library, "ompi_mpi_errors_return"),
                    0);
        }
        // MPICH and all that keep its ABI (Intel MPI, MVAPICH, Cray MPICH): numbers as in its mpi.h.
        return new MpiHandles(
                0x44000000L,
                0x4c00040aL,
                0x4c00080bL,
                0x4c00010dL,
                0x58000003L,
                0x58000001L,
                -1,
                0x1c000000L,
                0x54000001L,
                1);
    }

    private static long address(NativeLibrary library, String name) {
        return Pointer.nativeValue(library.getGlobalVariableAddress(name));
    }
}
