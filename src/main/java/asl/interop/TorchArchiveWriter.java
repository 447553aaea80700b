package asl.interop;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Writes PyTorch's zip: entries stored in one folder, data aligned to 64 bytes, one entry in memory at a time. */
final class TorchArchiveWriter implements Closeable {
    private static final String FOLDER = "archive/";
    private static final int ALIGNMENT = 64;
    private static final int CHUNK = 1 << 20;

    private final FileChannel channel;
    private final ZipArchiveOutputStream zip;

    /** Begins a new file; one that exists is left alone. */
    TorchArchiveWriter(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        zip = new ZipArchiveOutputStream(channel);
    }

    void add(String name, byte[] content) throws IOException {
        add(name, ByteBuffer.wrap(content));
    }

    /** Adds an entry; its checksum is filled in behind. */
    void add(String name, ByteBuffer content) throws IOException {
        ZipArchiveEntry entry = new ZipArchiveEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.remaining());
        entry.setAlignment(ALIGNMENT);
        entry.setTime(0);
        zip.putArchiveEntry(entry);
        byte[] chunk = new byte[Math.min(CHUNK, content.remaining())];
        while (content.hasRemaining()) {
            int length = Math.min(chunk.length, content.remaining());
            content.get(chunk, 0, length);
            zip.write(chunk, 0, length);
        }
        zip.closeArchiveEntry();
    }

    /** Completes the file, down to the disk. */
    @Override
    public void close() throws IOException {
        try (channel) {
            zip.finish();
            channel.force(true);
        }
    }
}
