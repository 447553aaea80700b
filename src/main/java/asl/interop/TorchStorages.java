package asl.interop;

import asl.interop.Pickled.MalformedPickleException;
import asl.interop.TorchTensor.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Where a PyTorch checkpoint keeps the description and the data of its tensors. */
interface TorchStorages extends Closeable {
    /**
     * What the pickle holds; all storages that it names are there.
     *
     * @param most bytes that it may be long
     */
    Object root(long most) throws IOException, MalformedPickleException;

    /** Texts beside the pickle. */
    Map<String, String> texts() throws IOException;

    /** Bytes of a storage. */
    ByteBuffer map(Storage storage, long from, long length) throws IOException;
}
