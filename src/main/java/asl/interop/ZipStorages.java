package asl.interop;

import asl.interop.Pickled.MalformedPickleException;
import asl.interop.TorchTensor.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The zip of PyTorch since 1.6: {@code NAME/data.pkl}, and each storage as {@code NAME/data/KEY}. */
final class ZipStorages implements TorchStorages {
    private static final String PICKLE = "data.pkl";
    private static final int LONGEST_TEXTS = 1 << 20;

    private final ZipContents zip;
    private final String folder;

    private ZipStorages(ZipContents zip, String folder) {
        this.zip = zip;
        this.folder = folder;
    }

    static ZipStorages open(Path path) throws IOException {
        ZipContents zip = ZipContents.open(path);
        for (String name : zip.names()) {
            if (name.endsWith("/" + PICKLE) && name.indexOf('/') == name.length() - PICKLE.length() - 1) {
                return new ZipStorages(zip, name.substring(0, name.length() - PICKLE.length()));
            }
        }
        zip.close();
        throw new IOException(path + ": a zip archive without NAME/data.pkl: not a PyTorch checkpoint");
    }

    @Override
    public Object root(long most) throws IOException, MalformedPickleException {
        if (zip.has(folder + "byteorder")
                && !StandardCharsets.US_ASCII
                        .decode(zip.read(folder + "byteorder", 16))
                        .toString()
                        .equals("little")) {
            throw new MalformedPickleException("it was saved on a big-endian machine");
        }
        TorchSymbols symbols = new TorchSymbols();
        Object root = new PickleReader(zip.read(folder + PICKLE, most), symbols).read();
        for (Storage storage : symbols.storages().values()) {
            if (zip.size(name(storage)) / storage.dtype().bytes() != storage.count()) {
                throw new MalformedPickleException("storage " + storage.key() + " claims " + storage.count()
                        + " elements, its data are " + zip.size(name(storage)) + " bytes");
            }
        }
        return root;
    }

    /** Those that our TorchScript has as an extra file. */
    @Override
    public Map<String, String> texts() throws IOException {
        String name = folder + TorchScriptExport.METADATA;
        return zip.has(name) ? ModelFacts.read(zip.read(name, LONGEST_TEXTS)) : Map.of();
    }

    @Override
    public ByteBuffer map(Storage storage, long from, long length) throws IOException {
        zip.check(name(storage));
        return zip.map(name(storage), from, length);
    }

    private String name(Storage storage) {
        return folder + "data/" + storage.key();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
