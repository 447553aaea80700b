package asl.config;

/**
 * Several processes that work together. Nothing here changes what is computed for one process.
 *
 * @param timeoutMinutes after which a rank that waits for the others ends the whole job
 * @param bf16Allreduce gradients travel as bf16: half the bytes, 8 bits of mantissa
 * @param shardOptimizer each rank keeps the optimizer state of its share of the parameters only (ZeRO stage 1)
 * @param checkEverySteps steps between comparisons of the weights over the ranks; 0 = never
 */
public record DistConfig(
        Transport transport,
        double timeoutMinutes,
        boolean bf16Allreduce,
        boolean shardOptimizer,
        int checkEverySteps) {

    /** What carries tensors from rank to rank. */
    public enum Transport {
        /** What the launcher and the device call for; a single process where no launcher is found. */
        AUTO,
        /** One process, whatever the launcher says. */
        SINGLE,
        /** MPI; tensors of a GPU go through the host. */
        MPI,
        /** NCCL between GPUs, started over MPI, or over TCP where there is no MPI. */
        NCCL
    }
}
