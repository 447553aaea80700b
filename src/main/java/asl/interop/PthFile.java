package asl.interop;

import asl.interop.Pickled.MalformedPickleException;
import asl.interop.TorchTensor.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint of {@code torch.save}, of any version, or a TorchScript archive, read without Python. Nothing in the file
 * is run: a pickle that asks for more than tensors and plain values is refused by the name of what it asks for. Data is
 * mapped, and compared with its checksum where the file has one.
 */
public final class PthFile implements TensorFile {
    /** The description of the tensors, without their data: a few hundred kilobytes for the largest public models. */
    private static final long LONGEST_PICKLE = 32 << 20;

    private final Path path;
    private final StateDict state;
    private final TorchStorages storages;

    private PthFile(Path path, StateDict state, TorchStorages storages) {
        this.path = path;
        this.state = state;
        this.storages = storages;
    }

    /** Opens and checks a file; throws an IOException of one line that names it. */
    public static PthFile open(Path path) throws IOException {
        if (!FileKind.startsWith(path, FileKind.ZIP)) {
            return open(path, LegacyStorages.open(path));
        }
        return open(path, ZipStorages.open(path));
    }

    private static PthFile open(Path path, TorchStorages storages) throws IOException {
        try {
            StateDict state = StateDict.of(storages.root(LONGEST_PICKLE));
            Map<String, String> texts = new LinkedHashMap<>(state.values());
            texts.putAll(texts(path, storages));
            return new PthFile(path, new StateDict(state.tensors(), texts), storages);
        } catch (MalformedPickleException e) {
            storages.close();
            throw new IOException(
                    path + ": not a readable PyTorch checkpoint: " + Printable.line(String.valueOf(e.getMessage())), e);
        } catch (IOException | RuntimeException e) {
            storages.close();
            throw e;
        }
    }

    private static Map<String, String> texts(Path path, TorchStorages storages) throws IOException {
        try {
            return storages.texts();
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(path.toString()) ? e : new IOException(path + ": " + Printable.line(message), e);
        }
    }

    @Override
    public List<TensorInfo> tensors() {
        return state.tensors().entrySet().stream()
                .map(entry -> entry.getValue().named(entry.getKey()))
                .toList();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.copyOf(state.values());
    }

    @Override
    public ByteBuffer data(String name) throws IOException {
        @Nullable TorchTensor tensor = state.tensors().get(name);
        if (tensor == null) {
            throw new IOException(path + ": holds no " + name);
        }
        if (tensor.span() == 0) { // may begin anywhere, behind the end of the file too
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        Storage storage = tensor.storage();
        int width = storage.dtype().bytes();
        TorchTensor window = new TorchTensor(storage, 0, tensor.shape(), tensor.stride());
        return window.gather(storages.map(storage, tensor.offset() * width, tensor.span() * width));
    }

    @Override
    public void close() throws IOException {
        storages.close();
    }
}
