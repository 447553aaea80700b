package asl.interop;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A zip whose entries are stored, not compressed, as PyTorch writes them: each is a range of the file that is mapped when
 * asked for. Entries of other kinds can be listed and read in full, up to the size that the caller allows.
 */
final class ZipContents implements Closeable {
    private static final int CHUNK = 8 << 20;
    /** Packed entries have to be unpacked into memory; what is larger must be stored as it is, and is then mapped. */
    private static final long LARGEST_UNPACKED = 512 << 20;

    private final Path path;
    private final ZipFile zip;
    private final FileChannel channel;
    private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();
    private final Set<String> sound = new TreeSet<>();

    private ZipContents(Path path, ZipFile zip, FileChannel channel) throws IOException {
        this.path = path;
        this.zip = zip;
        this.channel = channel;
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            long start = entry.getDataOffset();
            if (start < 0
                    || entry.getCompressedSize() < 0
                    || entry.getCompressedSize() > channel.size() - start
                    || (stored(entry) && entry.getCompressedSize() != entry.getSize())) {
                throw bad(entry.getName() + " claims " + entry.getSize() + " bytes");
            }
            if (entries.put(entry.getName(), entry) != null) {
                throw bad(entry.getName() + " is in it twice");
            }
        }
    }

    static ZipContents open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            ZipFile zip = ZipFile.builder().setSeekableByteChannel(channel).get();
            return new ZipContents(path, zip, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(path.toString())
                    ? new IOException(message, e)
                    : new IOException(path + ": not a whole zip archive: " + Printable.line(message), e);
        }
    }

    Set<String> names() {
        return entries.keySet();
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    long size(String name) throws IOException {
        return entry(name).getSize();
    }

    /** A whole entry, unpacked where need be; refused before it is read if larger than {@code most} bytes. */
    ByteBuffer read(String name, long most) throws IOException {
        ZipArchiveEntry entry = entry(name);
        if (entry.getSize() < 0 || entry.getSize() > most) {
            throw bad(name + " claims " + entry.getSize() + " bytes, more than " + most);
        }
        if (stored(entry)) {
            check(name);
            return map(name, 0, entry.getSize());
        }
        if (entry.getSize() > LARGEST_UNPACKED) {
            throw bad(name + " claims to unpack to " + entry.getSize() + " bytes; save it without compression");
        }
        // The packed bytes are there (checked on opening), and deflate packs no tighter than 1032 : 1.
        if (entry.getSize() > 1032 * (entry.getCompressedSize() + 1)) {
            throw bad(name + " claims to unpack to " + entry.getSize() + " bytes");
        }
        try (InputStream in = unpack(entry)) {
            byte[] bytes = in.readNBytes((int) entry.getSize());
            CRC32 crc = new CRC32();
            crc.update(bytes);
            if (bytes.length != entry.getSize() || in.read() >= 0 || crc.getValue() != entry.getCrc()) {
                throw bad(name + " is damaged");
            }
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException | RuntimeException e) {
            throw named(name, e);
        }
    }

    private InputStream unpack(ZipArchiveEntry entry) throws IOException {
        if (!stored(entry) && entry.getMethod() != ZipEntry.DEFLATED) { // others need libraries that may be absent
            throw bad(entry.getName() + " is compressed by method " + entry.getMethod() + ", which is not read");
        }
        InputStream in = zip.getInputStream(entry);
        if (in == null) {
            throw bad(entry.getName() + " cannot be unpacked");
        }
        return in;
    }

    /** What the unpacker says, with the name of the file. */
    private IOException named(String name, Exception e) {
        return String.valueOf(e.getMessage()).startsWith(path.toString()) && e instanceof IOException said
                ? said
                : bad(name + " cannot be unpacked: " + e.getMessage());
    }

    /** The first bytes of an entry, unpacked; its checksum is not looked at. */
    ByteBuffer head(String name, int most) throws IOException {
        try (InputStream in = unpack(entry(name))) {
            return ByteBuffer.wrap(in.readNBytes(most)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException | RuntimeException e) {
            throw named(name, e);
        }
    }

    /** A range of a stored entry, mapped. */
    ByteBuffer map(String name, long from, long length) throws IOException {
        ZipArchiveEntry entry = entry(name);
        if (!stored(entry)) {
            throw bad(name + " is compressed");
        }
        if (from < 0 || length > entry.getSize() - from || length > Integer.MAX_VALUE) {
            throw bad(name + " is asked for bytes " + from + " and " + length + " more");
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, entry.getDataOffset() + from, length)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Compares a stored entry with its checksum, the first time. */
    void check(String name) throws IOException {
        ZipArchiveEntry entry = entry(name);
        if (sound.contains(name)) {
            return;
        }
        CRC32 crc = new CRC32();
        for (long at = 0; at < entry.getSize(); at += CHUNK) {
            crc.update(map(name, at, Math.min(CHUNK, entry.getSize() - at)));
        }
        if (crc.getValue() != entry.getCrc()) {
            throw bad(name + " does not match its checksum: the file is damaged");
        }
        sound.add(name);
    }

    private ZipArchiveEntry entry(String name) throws IOException {
        ZipArchiveEntry entry = entries.get(name);
        if (entry == null) {
            throw bad("no " + name + " in it");
        }
        return entry;
    }

    private static boolean stored(ZipArchiveEntry entry) {
        return entry.getMethod() == ZipArchiveEntry.STORED;
    }

    private IOException bad(String complaint) {
        return new IOException(path + ": not a sound archive: " + Printable.line(complaint));
    }

    @Override
    public void close() throws IOException {
        zip.close();
        channel.close();
    }
}
