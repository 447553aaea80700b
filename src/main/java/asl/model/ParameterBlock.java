package asl.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A DJL block whose parameters lie flat under timm's names, in the order in which the kernels take them. The arrays belong
 * to the manager that the block was initialised with.
 */
abstract class ParameterBlock extends AbstractBlock {
    private final List<ParameterSpec> specs;

    @SuppressWarnings("this-escape") // addParameter is final and touches nothing of the subclass
    ParameterBlock(List<ParameterSpec> specs, long seed) {
        this.specs = List.copyOf(specs);
        for (ParameterSpec spec : specs) {
            addParameter(Parameter.builder()
                    .setName(spec.name())
                    .setType(Parameter.Type.OTHER)
                    .optShape(spec.shape())
                    .optRequiresGrad(spec.trained())
                    .optInitializer((manager, shape, type) -> manager.create(spec.initialValues(seed), shape))
                    .build());
        }
    }

    /** Makes the parameters, in float32, on the manager's device. */
    final void makeParameters(NDManager manager) {
        initialize(manager, DataType.FLOAT32, new Shape());
    }

    /** Every parameter by name, the fixed ones too. */
    public final Map<String, NDArray> weights() {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : getDirectParameters()) {
            weights.put(parameter.getKey(), parameter.getValue().getArray());
        }
        return weights;
    }

    /** The parameters that learn. */
    public final Map<String, NDArray> trained() {
        Map<String, NDArray> trained = weights();
        specs.stream().filter(spec -> !spec.trained()).forEach(spec -> trained.remove(spec.name()));
        return trained;
    }

    /** All parameters in the order of the kernels. */
    public final NDList parameters() {
        return new NDList(List.copyOf(weights().values()));
    }
}
