package asl.data;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Reads at any place of many files, from any thread. A file stays open for the next read, but never more than a few
 * hundred of them, however many shards there are. Not file channels: interrupting a thread that reads from one, as a
 * loader that is stopped does, would close it for all.
 */
final class ShardFiles implements Closeable {
    /** Well below the usual limit of 1024 open files. */
    private static final int MOST_OPEN = 256;

    private final List<Path> paths;
    /** Not in use, the one used last in front. */
    private final Deque<Open> idle = new ArrayDeque<>();

    private boolean closed;

    private record Open(int file, RandomAccessFile handle) {}

    ShardFiles(List<Path> paths) {
        this.paths = List.copyOf(paths);
    }

    /** So many bytes of a file. */
    byte[] read(int file, long offset, int count) throws IOException {
        Open open = take(file);
        byte[] bytes = new byte[count];
        try {
            open.handle().seek(offset);
            open.handle().readFully(bytes);
        } catch (EOFException e) {
            throw new IOException("the archive ends before offset " + (offset + count) + "; it was cut short", e);
        } finally {
            giveBack(open);
        }
        return bytes;
    }

    private Open take(int file) throws IOException {
        synchronized (idle) {
            for (Iterator<Open> all = idle.iterator(); all.hasNext(); ) {
                Open open = all.next();
                if (open.file() == file) {
                    all.remove();
                    return open;
                }
            }
        }
        return new Open(file, new RandomAccessFile(paths.get(file).toFile(), "r"));
    }

    private void giveBack(Open open) throws IOException {
        Open surplus = open;
        synchronized (idle) {
            if (!closed) {
                idle.addFirst(open);
                if (idle.size() <= MOST_OPEN) {
                    return;
                }
                surplus = idle.removeLast();
            }
        }
        surplus.handle().close();
    }

    @Override
    public void close() throws IOException {
        synchronized (idle) {
            closed = true;
            while (!idle.isEmpty()) {
                idle.removeLast().handle().close();
            }
        }
    }
}
