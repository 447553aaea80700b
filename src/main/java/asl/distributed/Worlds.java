package asl.distributed;

import asl.config.ConfigException;
import asl.config.DistConfig;
import asl.config.DistConfig.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Opens the world that launcher and configuration call for. */
public final class Worlds {
    private static final Path NVIDIA = Path.of("/dev/nvidiactl");

    private static final String WAY_OUT = "start them by mpirun, or by srun --mpi=pmix with Open MPI installed, or set"
            + " dist.transport=single for one process";

    private Worlds() {}

    /** The rank that a launcher gave to this process, before it has joined the others; 0 without one. */
    public static int launchRank() {
        return Launch.of(System.getenv()).launchRank();
    }

    /**
     * Joins the other processes; all must come to this.
     *
     * @param device as {@code engine.device} says; where there can be no GPU, tensors need MPI
     * @param complaints told in lines why this process ends, where it must end at once
     * @throws ConfigException where launcher, libraries and configuration do not fit
     */
    public static World open(DistConfig config, String device, Consumer<String> complaints) throws IOException {
        return open(config, device, System.getenv(), complaints);
    }

    static World open(DistConfig config, String device, Map<String, String> environment, Consumer<String> complaints)
            throws IOException {
        Duration limit = Duration.ofMillis(Math.max(1, Math.round(config.timeoutMinutes() * 60_000)));
        Launch launch = Launch.of(environment);
        Consumer<String> named = line -> complaints.accept("rank " + launch.launchRank() + ": " + line);
        if (config.transport() == Transport.SINGLE) {
            return World.single();
        }
        if (config.transport() == Transport.MPI || launch instanceof Launch.ByMpi) {
            return new RankedWorld(MpiGroup.open(launch, limit, named), config.transport());
        }
        if (launch instanceof Launch.ByAddress address) {
            if (device.equals("cpu") || !Files.exists(NVIDIA)) {
                throw new ConfigException("dist.transport: " + address.size()
                        + " processes were started, but not by MPI," + " which tensors of the CPU need: " + WAY_OUT);
            }
            return new RankedWorld(TcpGroup.open(address, limit, named), config.transport());
        }
        if (launch instanceof Launch.BesideSlurm slurm) {
            throw new ConfigException("dist.transport: SLURM has allotted " + slurm.tasks()
                    + " tasks, and this process is none that it started: " + WAY_OUT);
        }
        if (config.transport() == Transport.NCCL) {
            throw new ConfigException(
                    "dist.transport: nccl, but no launcher started this process (mpirun, srun, or RANK,"
                            + " WORLD_SIZE and MASTER_ADDR): " + WAY_OUT);
        }
        return World.single();
    }
}
