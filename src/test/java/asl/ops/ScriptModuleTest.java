package asl.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class ScriptModuleTest {
    private static final String RESOURCE = "script_module_test.py";

    @Test
    void attributesReachTheModule() {
        try (NDManager manager = NDManager.newBaseManager();
                ScriptModule module = load(manager)) {
            NDArray x = manager.create(new float[] {1, 2});
            NDList sum = module.run(manager, "shifted", x, 10.0, new NDList(x, x));
            // offset 3, scale 0.5, twice: (1 + 1 + 1) * 0.5 + 3 + 10
            assertThat(sum.get(0).toFloatArray()).containsExactly(14.5f, 16);
        }
    }

    @Test
    void gradientsFlowToTheParametersAndNamesStay() {
        try (NDManager manager = NDManager.newBaseManager();
                NDManager results = manager.newSubManager();
                ScriptModule module = load(manager)) {
            NDArray weight = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
            weight.setRequiresGradient(true);
            weight.setName("head.weight");
            NDArray x = manager.create(new float[] {5, 7});
            NDList out = module.runWithGradients(results, "squared_loss", x, new NDList(weight));
            assertThat(out.get(0).getFloat()).isCloseTo(19 * 19 + 43 * 43, within(1e-3f));
            assertThat(out.get(1).toFloatArray()).containsExactly(190, 266, 430, 602);
            assertThat(out.get(1).getManager()).isSameAs(results);
            assertThat(weight.getName()).isEqualTo("head.weight");
        }
    }

    private static ScriptModule load(NDManager manager) {
        return ScriptModule.load(manager, "Sample", Map.of("scale", 0.5, "offset", 3, "twice", true), RESOURCE);
    }
}
