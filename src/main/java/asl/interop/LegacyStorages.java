package asl.interop;

import asl.interop.Pickled.MalformedPickleException;
import asl.interop.Pickled.Sequence;
import asl.interop.TorchTensor.Storage;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The stream of PyTorch before 1.6: pickles of a magic number, the version, the machine, the object and the list of its
 * storages; then each storage's number of elements, eight bytes, and its data. It has no checksums.
 */
final class LegacyStorages implements TorchStorages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final FileChannel channel;
    private final Map<String, Long> starts = new HashMap<>();

    private LegacyStorages(FileChannel channel) {
        this.channel = channel;
    }

    static LegacyStorages open(Path path) throws IOException {
        return new LegacyStorages(FileChannel.open(path, StandardOpenOption.READ));
    }

    @Override
    public Object root(long most) throws IOException, MalformedPickleException {
        TorchSymbols symbols = new TorchSymbols();
        ByteBuffer start = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(most, channel.size()));
        PickleReader pickles = new PickleReader(start, symbols);
        if (!MAGIC.equals(pickles.read())) {
            throw new MalformedPickleException("it does not begin like one");
        }
        if (!Long.valueOf(VERSION).equals(pickles.read())) {
            throw new MalformedPickleException("a version of the old format that is not " + VERSION);
        }
        pickles.read(); // the machine's byte order and sizes of C types; data are written little-endian in any case
        Object root = pickles.read();
        Object keys = pickles.read();
        if (!(keys instanceof Sequence list)) {
            throw new MalformedPickleException("no list of storages");
        }
        long position = start.position();
        for (Object key : list.items()) {
            Storage storage = symbols.storages().get(String.valueOf(key));
            if (storage == null || starts.containsKey(storage.key())) {
                throw new MalformedPickleException("storage " + key + " belongs to no tensor, or comes twice");
            }
            long left = channel.size() - position - Long.BYTES;
            if (left < 0 || left / storage.dtype().bytes() < storage.count() || count(position) != storage.count()) {
                throw new MalformedPickleException(
                        "storage " + key + " of " + storage.count() + " elements is not whole at byte " + position);
            }
            starts.put(storage.key(), position + Long.BYTES);
            position += Long.BYTES + storage.count() * storage.dtype().bytes();
        }
        if (!starts.keySet().equals(symbols.storages().keySet())) {
            throw new MalformedPickleException("storages without data");
        }
        return root;
    }

    @Override
    public Map<String, String> texts() {
        return Map.of();
    }

    private long count(long position) throws IOException {
        ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return channel.read(count, position) == Long.BYTES ? count.getLong(0) : -1;
    }

    @Override
    public ByteBuffer map(Storage storage, long from, long length) throws IOException {
        long start = starts.getOrDefault(storage.key(), 0L);
        return channel.map(FileChannel.MapMode.READ_ONLY, start + from, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
