package asl.data.tar;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Goes through the files of an archive by its headers, passing over their contents. Checks every header's sum and that
 * every file lies inside of the archive; folders, links and devices are passed over.
 */
public final class TarReader implements Closeable {
    /** Read at once: a header with the small files around it, so that an image and its label cost one read. */
    private static final int WINDOW = 4096;

    private final Path archive;
    private final RandomAccessFile file;
    private final long length;
    private long position;
    private byte[] window = {};
    private long windowAt;

    /** Opens an archive at its first header. */
    public TarReader(Path archive) throws IOException {
        this.archive = archive;
        this.file = new RandomAccessFile(archive.toFile(), "r");
        this.length = file.length();
    }

    /**
     * The next file; empty after the last.
     *
     * @throws IOException if the archive is damaged or cut short; names it and the offset
     */
    public Optional<TarMember> next() throws IOException {
        TarNames names = new TarNames();
        while (true) {
            long at = position;
            TarHeader header = header(at);
            if (header.isEnd()) {
                return Optional.empty();
            }
            long content = at + TarHeader.BLOCK;
            boolean describesNext = header.describesNext();
            long size = describesNext ? header.size() : names.size(header.size());
            if (size < 0 || size > length - content) {
                throw new IOException(place(at) + "a member of " + size + " bytes, but the archive ends "
                        + (length - content) + " bytes after its header; it is cut short or damaged");
            }
            position = content + (size + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
            if (describesNext) {
                describe(names, header, content, size, at);
            } else if (header.isFile()) {
                return Optional.of(new TarMember(names.name(header.name()), content, size));
            } else if (header.isSparse()) {
                throw new IOException(place(at) + "a sparse member, which is not read; write the archive without");
            } else {
                names = new TarNames(); // they were those of a folder or link
            }
        }
    }

    private void describe(TarNames names, TarHeader header, long content, long size, long at) throws IOException {
        if (size > TarNames.LONGEST) {
            throw new IOException(place(at) + "an extended header of " + size + " bytes; the archive is damaged");
        }
        try {
            names.add(header.type(), bytes(content, (int) size));
        } catch (IllegalArgumentException e) {
            throw new IOException(place(at) + "an extended header that cannot be read; the archive is damaged", e);
        }
    }

    private TarHeader header(long at) throws IOException {
        if (at > length - TarHeader.BLOCK) {
            throw new IOException(place(Math.min(at, length))
                    + "the archive ends where a header or its end mark ought to be; it is cut short");
        }
        TarHeader header = new TarHeader(bytes(at, TarHeader.BLOCK));
        if (!header.isWhole()) {
            throw new IOException(place(at) + "a header with a wrong checksum; the archive is damaged, or no tar file");
        }
        return header;
    }

    /** The content of a file that is small enough for an array. */
    public byte[] read(TarMember member) throws IOException {
        return bytes(member.offset(), Math.toIntExact(member.size()));
    }

    private byte[] bytes(long at, int count) throws IOException {
        if (count > WINDOW) {
            return load(at, count);
        }
        if (at < windowAt || at + count > windowAt + window.length) {
            window = load(at, (int) Math.min(WINDOW, length - at));
            windowAt = at;
        }
        int from = (int) (at - windowAt);
        return Arrays.copyOfRange(window, from, from + count);
    }

    private byte[] load(long at, int count) throws IOException {
        byte[] bytes = new byte[count];
        try {
            file.seek(at);
            file.readFully(bytes);
        } catch (EOFException e) {
            throw new IOException(place(at) + "the archive became shorter while it was read", e);
        }
        return bytes;
    }

    private String place(long at) {
        return archive + ": at offset " + at + ": ";
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
