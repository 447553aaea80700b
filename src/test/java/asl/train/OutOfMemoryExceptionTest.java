package asl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class OutOfMemoryExceptionTest {
    @Test
    @Tag("engine")
    void namesWhatTakesLessWhereTheCpuHasNoMore() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            EngineException failure =
                    catchThrowableOfType(EngineException.class, () -> manager.zeros(new Shape(1L << 45)));
            assertThat(OutOfMemoryException.explained(failure))
                    .isInstanceOf(OutOfMemoryException.class)
                    .hasMessageContainingAll(
                            Long.toString(4L << 45),
                            "train.batch_size",
                            "train.accum_iter",
                            "train.checkpoint_activations",
                            "engine.precision")
                    .message()
                    .hasLineCount(1);
        }
    }

    @Test
    void namesItOnAGpuToo() {
        EngineException failure =
                new EngineException("CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total"
                        + " capacity of 79.10 GiB of which 1.20 GiB is free.\nException raised from malloc");
        assertThat(OutOfMemoryException.explained(failure)).hasMessageContainingAll("2.50 GiB", "train.batch_size");
    }

    @Test
    void leavesOtherFailuresAlone() {
        EngineException failure = new EngineException("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
        assertThat(OutOfMemoryException.explained(failure)).isSameAs(failure);
    }
}
