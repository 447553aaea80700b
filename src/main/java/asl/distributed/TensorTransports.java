package asl.distributed;

import ai.djl.Device;
import asl.config.ConfigException;
import asl.config.DistConfig.Transport;
import com.sun.jna.NativeLibrary;
import java.util.Optional;

/** Which transport carries the tensors of a device. */
final class TensorTransports {
    private TensorTransports() {}

    /** Decides; collective, and every rank decides alike. */
    static TensorTransport choose(HostGroup group, Transport transport, Device device) {
        Optional<NativeLibrary> nccl =
                device.isGpu() && transport != Transport.MPI ? NcclTensors.find() : Optional.empty();
        boolean everywhere = group.max(nccl.isPresent() ? 0 : 1)[0] == 0;
        if (nccl.isPresent() && everywhere) {
            return NcclTensors.open(group, nccl.get(), device.getDeviceId());
        }
        if (transport == Transport.NCCL) {
            throw new ConfigException(
                    "dist.transport: nccl needs tensors on a GPU and libnccl.so.2 on every rank; use mpi");
        }
        if (group instanceof MpiGroup mpi) {
            return new MpiTensors(mpi);
        }
        throw new ConfigException(
                "dist.transport: without MPI only NCCL on GPUs carries tensors; start by mpirun, or by "
                        + "srun --mpi=pmix");
    }
}
