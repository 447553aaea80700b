package asl.interop;

import asl.interop.Pickled.Dictionary;
import asl.interop.Pickled.Global;
import asl.interop.Pickled.Inert;
import asl.interop.Pickled.MalformedPickleException;
import asl.interop.Pickled.Tuple;
import asl.interop.TorchTensor.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The names that may stand in a PyTorch checkpoint: what builds tensors, and harmless values, which are kept as data. */
final class TorchSymbols implements PickleReader.Symbols {
    private static final Map<String, DType> STORAGES = Map.of(
            "DoubleStorage", DType.F64,
            "FloatStorage", DType.F32,
            "HalfStorage", DType.F16,
            "BFloat16Storage", DType.BF16,
            "LongStorage", DType.I64,
            "IntStorage", DType.I32,
            "ShortStorage", DType.I16,
            "CharStorage", DType.I8,
            "ByteStorage", DType.U8,
            "BoolStorage", DType.BOOL);

    /** Classes and functions whose results are of no use to us, kept as {@link Inert}. */
    private static final Set<String> INERT = Set.of(
            "argparse.Namespace",
            "numpy.core.multiarray.scalar",
            "numpy._core.multiarray.scalar",
            "numpy.dtype",
            "_codecs.encode",
            "torch.device",
            "pathlib.PosixPath",
            "pathlib.Path",
            "datetime.timedelta",
            "torch.jit._pickle.build_intlist",
            "torch.jit._pickle.build_doublelist",
            "torch.jit._pickle.build_boollist",
            "torch.jit._pickle.build_tensorlist",
            "torch.jit._pickle.restore_type_tag",
            "__builtin__.set",
            "builtins.set");

    private static final int MOST_DIMENSIONS = 64;
    private static final int LONGEST_KEY = 100;

    /** By key: a storage that tensors share is one. */
    private final Map<String, Storage> storages = new HashMap<>();

    /** The class of a storage; callable only so that it can stand where functions do. */
    private record StorageType(DType dtype) implements Global {
        @Override
        public Object call(Tuple arguments) throws MalformedPickleException {
            throw new MalformedPickleException("a storage made without its data");
        }
    }

    @Override
    public Global global(String module, String name) throws MalformedPickleException {
        String full = module + "." + name;
        if (module.equals("torch") && STORAGES.containsKey(name)) {
            return new StorageType(STORAGES.getOrDefault(name, DType.F32));
        }
        if (INERT.contains(full) || module.equals("__torch__") || module.startsWith("__torch__.")) {
            return arguments -> new Inert(full, arguments);
        }
        if (module.equals("torch") && name.matches("(b?float|int|uint|bool|complex)\\d*(_\\w+)?")) {
            return arguments -> {
                throw new MalformedPickleException("a call of " + full);
            };
        }
        return switch (full) {
            case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor" -> TorchSymbols::tensor;
            case "torch._utils._rebuild_parameter" -> arguments -> argument(arguments, 0, TorchTensor.class);
            case "collections.OrderedDict" -> Pickled.DICTIONARY;
            case "collections.defaultdict" -> arguments -> new Dictionary();
            case "torch.Size" -> arguments -> arguments.size() == 1 ? arguments.get(0) : arguments;
            default ->
                throw new MalformedPickleException("it asks for " + full
                        + ", which is not needed for tensors and so is refused; save the state_dict alone");
        };
    }

    @Override
    public Object persistent(Object id) throws MalformedPickleException {
        if (!(id instanceof Tuple tuple)
                || tuple.size() < 5
                || !"storage".equals(tuple.get(0))
                || !(tuple.get(1) instanceof StorageType type)
                || !(tuple.get(2) instanceof String key)
                || !(tuple.get(4) instanceof Long count)
                || count < 0) {
            throw new MalformedPickleException("a reference to data that is not a storage of a known type");
        }
        if (key.length() > LONGEST_KEY) {
            throw new MalformedPickleException("a storage of a name longer than " + LONGEST_KEY + " characters");
        }
        if (tuple.size() > 5 && tuple.get(5) != Pickled.NONE) {
            throw new MalformedPickleException("storages that are views, as PyTorch before 0.4 made; save it anew");
        }
        Storage storage = new Storage(key, type.dtype(), count);
        Storage known = storages.putIfAbsent(key, storage);
        if (known != null && !known.equals(storage)) {
            throw new MalformedPickleException("two descriptions of storage " + key);
        }
        return storage;
    }

    /** All storages met, by key. */
    Map<String, Storage> storages() {
        return storages;
    }

    /** storage, offset, size, stride, and what we do not need: requires_grad, hooks. */
    private static TorchTensor tensor(Tuple arguments) throws MalformedPickleException {
        return TorchTensor.of(
                argument(arguments, 0, Storage.class),
                argument(arguments, 1, Long.class),
                sizes(argument(arguments, 2, Tuple.class)),
                sizes(argument(arguments, 3, Tuple.class)));
    }

    private static List<Long> sizes(Tuple tuple) throws MalformedPickleException {
        if (tuple.size() > MOST_DIMENSIONS) {
            throw new MalformedPickleException("a tensor of " + tuple.size() + " dimensions");
        }
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < tuple.size(); i++) {
            sizes.add(argument(tuple, i, Long.class));
        }
        return sizes;
    }

    private static <T> T argument(Tuple arguments, int index, Class<T> type) throws MalformedPickleException {
        if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
            throw new MalformedPickleException("a call with an argument " + index + " that is no "
                    + type.getSimpleName().toLowerCase(Locale.ROOT));
        }
        return type.cast(arguments.get(index));
    }
}
