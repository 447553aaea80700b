package asl.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asl.config.ConfigException;
import asl.config.DistConfig;
import asl.config.DistConfig.Transport;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LaunchTest {
    @Test
    void mpirunIsKnownByOpenMpisVariables() {
        Map<String, String> environment = Map.of("OMPI_COMM_WORLD_SIZE", "4", "OMPI_COMM_WORLD_RANK", "3");
        assertThat(Launch.of(environment)).isEqualTo(new Launch.ByMpi(3, 4, true));
    }

    @Test
    void srunIsKnownByItsPlugin() {
        Map<String, String> pmix =
                Map.of("PMIX_RANK", "1", "SLURM_STEP_NUM_TASKS", "2", "SLURM_PROCID", "1", "SLURM_NTASKS", "2");
        assertThat(Launch.of(pmix)).isEqualTo(new Launch.ByMpi(1, 2, true));
        Map<String, String> pmi2 = Map.of("PMI_RANK", "1", "PMI_SIZE", "2");
        assertThat(Launch.of(pmi2)).isEqualTo(new Launch.ByMpi(1, 2, false));
    }

    @Test
    void srunWithoutAPluginMeetsAtItsFirstNode() {
        Map<String, String> environment = Map.of(
                "SLURM_STEP_NUM_TASKS", "8",
                "SLURM_PROCID", "5",
                "SLURM_STEP_NODELIST", "node[03-07,9],gpu1",
                "SLURM_JOB_ID", "120042");
        assertThat(Launch.of(environment)).isEqualTo(new Launch.ByAddress(5, 8, "node03", 23_042));
    }

    @Test
    void torchrunsVariablesAreTaken() {
        Map<String, String> environment =
                Map.of("RANK", "1", "WORLD_SIZE", "2", "MASTER_ADDR", "head", "MASTER_PORT", "7000");
        assertThat(Launch.of(environment)).isEqualTo(new Launch.ByAddress(1, 2, "head", 7000));
    }

    @Test
    void oneProcessIsAlone() {
        assertThat(Launch.of(Map.of())).isEqualTo(new Launch.Alone());
        assertThat(Launch.of(Map.of("WORLD_SIZE", "1", "SLURM_NTASKS", "1"))).isEqualTo(new Launch.Alone());
        assertThat(Launch.of(Map.of("SLURM_STEP_NUM_TASKS", "1", "SLURM_NTASKS", "8")))
                .isEqualTo(new Launch.Alone());
    }

    @Test
    void whatCannotWorkIsRefusedWithTheWayOut() {
        Map<String, String> beside = Map.of("SLURM_NTASKS", "4", "SLURM_PROCID", "0");
        assertThatThrownBy(() -> open(Transport.AUTO, beside))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("4 tasks", "mpirun", "srun --mpi=pmix", "dist.transport=single");
        Map<String, String> tasks =
                Map.of("SLURM_STEP_NUM_TASKS", "4", "SLURM_PROCID", "0", "SLURM_STEP_NODELIST", "n1");
        assertThatThrownBy(() -> open(Transport.AUTO, tasks))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("4 processes", "not by MPI", "srun --mpi=pmix");
        assertThatThrownBy(() -> open(Transport.NCCL, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no launcher");
    }

    @Test
    void singleIsOneProcessWhateverTheLauncherSays() throws IOException {
        try (World world = open(Transport.SINGLE, Map.of("OMPI_COMM_WORLD_SIZE", "4"))) {
            assertThat(world.size()).isEqualTo(1);
        }
    }

    private static World open(Transport transport, Map<String, String> environment) throws IOException {
        return Worlds.open(new DistConfig(transport, 1, false, false, 0), "cpu", environment, line -> {});
    }
}
