package asl.data.image;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Memory outside of the heap that is used again from image to image. */
final class NativeBuffer implements AutoCloseable {
    /** A larger buffer isn't kept for images that need only a small part of it. */
    private static final long LARGE = 64 << 20;

    private Memory memory = new Memory(1 << 16);
    private ByteBuffer bytes = memory.getByteBuffer(0, memory.size());

    /** Makes room; what was in the buffer may be lost. */
    void reserve(int size) {
        if (memory.size() >= size && (memory.size() < LARGE || memory.size() / 8 < size)) {
            return;
        }
        Memory larger = new Memory(size + size / 4L); // room for the next, somewhat larger image
        memory.close();
        memory = larger;
        bytes = memory.getByteBuffer(0, memory.size());
    }

    Pointer at(long offset) {
        return memory.share(offset);
    }

    void put(byte[] source) {
        reserve(source.length);
        memory.write(0, source, 0, source.length);
    }

    /** Two bytes, the high one first. */
    void putShort(int offset, int value) {
        bytes.put(offset, (byte) (value >> 8)).put(offset + 1, (byte) value);
    }

    void get(int offset, byte[] target, int count) {
        bytes.get(offset, target, 0, count);
    }

    @Override
    public void close() {
        memory.close();
    }
}
