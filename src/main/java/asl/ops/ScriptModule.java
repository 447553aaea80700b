package asl.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A TorchScript module made at run time from text resources beside this class, and the two ways to call its methods: with
 * autograd, or without and with any arguments. Results belong to the manager that the call is given.
 */
final class ScriptModule implements AutoCloseable {
    private final PtSymbolBlock block;

    private ScriptModule(PtSymbolBlock block) {
        this.block = block;
    }

    /**
     * Loads a module; it lives until {@link #close} or the manager closes it.
     *
     * @param resources texts that together define the class: its head first, further methods after
     */
    static ScriptModule load(NDManager manager, String className, Map<String, Object> attributes, String... resources) {
        String code = Arrays.stream(resources).map(ScriptModule::text).collect(Collectors.joining("\n"));
        byte[] archive = TorchScriptArchive.of(className, code, attributes);
        try (InputStream in = new ByteArrayInputStream(archive)) {
            return new ScriptModule(JniUtils.loadModule((PtNDManager) manager, in, false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a TorchScript file that someone else wrote, parameters and all. */
    static ScriptModule open(NDManager manager, Path file) {
        String[] noExtras = {};
        return new ScriptModule(JniUtils.loadModule((PtNDManager) manager, file, false, noExtras, noExtras, true));
    }

    /** The parameters inside the module that learn; the arrays belong to the manager. */
    NDList trained(NDManager manager) {
        NDList trained = new NDList();
        for (NDArray parameter : JniUtils.moduleGetParams(block, (PtNDManager) manager)) {
            if (parameter.hasGradient()) {
                trained.add(parameter);
            } else {
                parameter.close();
            }
        }
        return trained;
    }

    /**
     * Calls a method under no-grad.
     *
     * @param arguments NDArray, NDList (a list of tensors), Double, Long or Boolean
     */
    NDList run(NDManager manager, String method, Object... arguments) {
        interpretAsWritten();
        IValue[] values = Arrays.stream(arguments).map(ScriptModule::value).toArray(IValue[]::new);
        try (IValue result = IValueUtils.runMethod(block, method, values)) {
            return result.toNDList((PtNDManager) manager);
        } finally {
            Arrays.stream(values).forEach(IValue::close);
        }
    }

    /**
     * Calls a method under autograd. Tensors only: DJL passes no numbers this way.
     *
     * @param arguments NDArray or NDList (a list of tensors)
     */
    NDList runWithGradients(NDManager manager, String method, Object... arguments) {
        NDList inputs = new NDList();
        // Carries the method's name, and by its manager says where results belong; it is not passed on. Without a
        // value, since
        // a GPU's would be copied there, for which this thread had to wait.
        inputs.add(named(manager.create(new Shape(), DataType.FLOAT32), "module_method:" + method));
        List<@Nullable String> names = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            NDList group = arguments[i] instanceof NDList list ? list : new NDList((NDArray) arguments[i]);
            String name = arguments[i] instanceof NDList ? "list" + i + "[]" : null;
            for (NDArray array : group) {
                names.add(array.getName());
                inputs.add(named(array, name));
            }
        }
        interpretAsWritten();
        boolean gradients = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            return IValueUtils.forward(block, inputs, true);
        } finally {
            JniUtils.setGradMode(gradients);
            for (int i = 0; i < names.size(); i++) {
                named(inputs.get(i + 1), names.get(i));
            }
        }
    }

    /**
     * Turns the graph optimizer off, a setting of the calling thread; DJL's property does so only in PtSymbolBlock.forward. It
     * would compile each method again for every new shape, and its own derivative of a linear layer ignores that a bfloat16
     * result was added to float32.
     */
    private static void interpretAsWritten() {
        JniUtils.setGraphExecutorOptimize(false);
    }

    private static NDArray named(NDArray array, @Nullable String name) {
        array.setName(name);
        return array;
    }

    private static IValue value(Object argument) {
        if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        }
        if (argument instanceof NDList list) {
            return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
        }
        if (argument instanceof Double number) {
            return IValue.from(number);
        }
        if (argument instanceof Long number) {
            return IValue.from(number);
        }
        return IValue.from((boolean) argument);
    }

    private static String text(String resource) {
        try (InputStream in = ScriptModule.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + ": not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        block.close();
    }
}
