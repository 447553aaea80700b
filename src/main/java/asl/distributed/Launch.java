package asl.distributed;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How this process was started, by the environment that launchers leave. */
sealed interface Launch {
    /** By no launcher that we know. */
    record Alone() implements Launch {}

    /**
     * By mpirun, or by srun with one of its MPI plugins.
     *
     * @param size processes; 0 where the launcher does not say
     * @param pmix whether what Open MPI needs is there
     */
    record ByMpi(int rank, int size, boolean pmix) implements Launch {}

    /** By torchrun's variables or srun's: a meeting point is known, and nothing of MPI. */
    record ByAddress(int rank, int size, String host, int port) implements Launch {}

    /** In a SLURM allocation of several tasks, yet not as one of them. */
    record BesideSlurm(int tasks) implements Launch {}

    /** The name of a node list's first host: {@code node[03-07,9],gpu1} begins with node03. */
    Pattern FIRST_HOST = Pattern.compile("([^\\[,]+)(?:\\[([0-9]+))?.*");

    /** Where no port is given: one of 10,000 by the job's number, so that two jobs on a node rarely meet. */
    int FIRST_PORT = 23_000;

    /** Reads the environment. MPI is touched only where it is found here: MPI_Init under plain srun ends the process. */
    static Launch of(Map<String, String> environment) {
        boolean pmix = environment.containsKey("OMPI_COMM_WORLD_SIZE") || environment.containsKey("PMIX_RANK");
        if (pmix || environment.containsKey("PMI_SIZE")) {
            int rank = number(environment, "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID");
            int size = number(environment, "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS");
            return new ByMpi(Math.max(0, rank), Math.max(0, size), pmix);
        }
        int worldSize = number(environment, "WORLD_SIZE");
        String master = environment.get("MASTER_ADDR");
        if (worldSize > 1 && master != null) {
            return new ByAddress(number(environment, "RANK"), worldSize, master, port(environment));
        }
        int tasks = number(environment, "SLURM_STEP_NUM_TASKS");
        String host = master != null ? master : firstHost(environment.get("SLURM_STEP_NODELIST"));
        if (tasks > 1 && host != null) {
            return new ByAddress(number(environment, "SLURM_PROCID"), tasks, host, port(environment));
        }
        int allocated = number(environment, "SLURM_NTASKS");
        return tasks < 0 && allocated > 1 ? new BesideSlurm(allocated) : new Alone();
    }

    /** The rank that the launcher gave to this process. */
    default int launchRank() {
        if (this instanceof ByMpi mpi) {
            return mpi.rank();
        }
        return this instanceof ByAddress address ? address.rank() : 0;
    }

    private static int port(Map<String, String> environment) {
        int given = number(environment, "MASTER_PORT");
        return given > 0 ? given : FIRST_PORT + Math.max(0, number(environment, "SLURM_JOB_ID")) % 10_000;
    }

    private static @Nullable String firstHost(@Nullable String nodes) {
        Matcher first = FIRST_HOST.matcher(nodes == null ? "" : nodes);
        if (!first.matches()) {
            return null;
        }
        return first.group(1) + (first.group(2) == null ? "" : first.group(2));
    }

    /** The first of these that is set to a number; -1 where none is. */
    private static int number(Map<String, String> environment, String... names) {
        for (String name : names) {
            String value = environment.get(name);
            if (value != null && value.matches("[0-9]{1,9}")) {
                return Integer.parseInt(value);
            }
        }
        return -1;
    }
}
