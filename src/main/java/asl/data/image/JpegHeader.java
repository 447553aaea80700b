package asl.data.image;

import java.util.Arrays;

/**
 * What a JPEG file says before its first scan (ITU-T T.81, Annex B): frame, tables and colour.
 */
final class JpegHeader {
    private static final int SOF0 = 0xc0;
    private static final int DHT = 0xc4;
    private static final int DAC = 0xcc;
    private static final int JPG = 0xc8;
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int DQT = 0xdb;
    private static final int DRI = 0xdd;
    private static final int APP0 = 0xe0;
    private static final int APP14 = 0xee;

    /** One colour component: sampling factors relative to the frame's largest, and its quantisation table. */
    record Component(int id, int horizontal, int vertical, int quantTable) {}

    private final byte[] bytes;
    private int frameType = -1;
    private int frameAt;
    private int precision;
    private int width;
    private int height;
    private Component[] components = {};
    private boolean jfif;
    private int adobeTransform = -1;
    private int restartInterval;
    private int scanAt;
    /** Quantisation tables in zigzag order; empty where the file has none. */
    private final int[][] quant = new int[4][0];
    /** Where each Huffman table's 16 counts begin, DC tables 0 to 3, then AC tables; 0 = none. */
    private final int[] huffman = new int[8];

    private JpegHeader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the segments up to the first scan. */
    static JpegHeader parse(byte[] bytes) throws BadImageException {
        JpegHeader header = new JpegHeader(bytes);
        header.readSegments();
        if (header.frameType < 0) {
            throw new BadImageException("JPEG without a frame header");
        }
        return header;
    }

    private void readSegments() throws BadImageException {
        int at = 2;
        while (true) {
            int marker = nextMarker(at);
            at = markerEnd(at);
            if (marker == EOI) {
                throw new BadImageException("JPEG without image data");
            }
            if (marker == SOI || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
                continue; // no length follows
            }
            int end = at + u16(at, bytes.length);
            if (end < at + 2 || end > bytes.length) {
                throw new BadImageException("truncated JPEG header");
            }
            if (marker == SOS) {
                scanAt = at;
                return;
            }
            readSegment(marker, at + 2, end);
            at = end;
        }
    }

    /** The position after the next marker's second byte; bytes before it are skipped, as libjpeg does. */
    private int markerEnd(int from) throws BadImageException {
        for (int at = from; at + 1 < bytes.length; at++) {
            if (bytes[at] == (byte) 0xff && bytes[at + 1] != 0 && bytes[at + 1] != (byte) 0xff) {
                return at + 2;
            }
        }
        throw new BadImageException("truncated JPEG header");
    }

    private int nextMarker(int from) throws BadImageException {
        return bytes[markerEnd(from) - 1] & 0xff;
    }

    private void readSegment(int marker, int at, int end) throws BadImageException {
        switch (marker) {
            case DQT -> readQuantTables(at, end);
            case DHT -> readHuffmanTables(at, end);
            case DRI -> restartInterval = u16(at, end);
            case APP0 -> jfif |= startsWith(at, end, "JFIF");
            case APP14 -> {
                if (startsWith(at, end, "Adobe") && end - at >= 12) {
                    adobeTransform = bytes[at + 11] & 0xff;
                }
            }
            default -> {
                if (marker >= SOF0 && marker <= 0xcf && marker != DAC && marker != JPG) {
                    readFrame(marker, at, end);
                }
            }
        }
    }

    private void readFrame(int marker, int at, int end) throws BadImageException {
        if (frameType >= 0) {
            throw new BadImageException("JPEG with two frames");
        }
        frameType = marker;
        frameAt = at;
        precision = u8(at, end);
        height = u16(at + 1, end);
        width = u16(at + 3, end);
        int count = u8(at + 5, end);
        if (width == 0 || height == 0 || count == 0 || count > 4) {
            throw new BadImageException("JPEG of " + width + "x" + height + " with " + count + " components");
        }
        components = new Component[count];
        for (int c = 0; c < count; c++) {
            int entry = at + 6 + 3 * c;
            int sampling = u8(entry + 1, end);
            components[c] = new Component(u8(entry, end), sampling >> 4, sampling & 15, u8(entry + 2, end));
            if (sampling >> 4 < 1 || sampling >> 4 > 4 || (sampling & 15) < 1 || (sampling & 15) > 4) {
                throw new BadImageException("JPEG with bad sampling factors");
            }
        }
    }

    private void readQuantTables(int from, int end) throws BadImageException {
        int at = from;
        while (at < end) {
            int kind = u8(at++, end);
            boolean wide = kind >> 4 != 0;
            int[] table = new int[64];
            for (int k = 0; k < 64; k++) {
                table[k] = wide ? u16(at, end) : u8(at, end);
                at += wide ? 2 : 1;
            }
            quant[kind & 3] = table;
        }
    }

    private void readHuffmanTables(int from, int end) throws BadImageException {
        int at = from;
        while (at < end) {
            int kind = u8(at++, end);
            int symbols = 0;
            for (int length = 0; length < 16; length++) {
                symbols += u8(at + length, end);
            }
            if (symbols > 256 || at + 16 + symbols > end) {
                throw new BadImageException("JPEG with a broken Huffman table");
            }
            huffman[(kind >> 4 & 1) * 4 + (kind & 3)] = at;
            at += 16 + symbols;
        }
    }

    private int u8(int at, int end) throws BadImageException {
        if (at >= end) {
            throw new BadImageException("truncated JPEG header");
        }
        return bytes[at] & 0xff;
    }

    private int u16(int at, int end) throws BadImageException {
        return u8(at, end) << 8 | u8(at + 1, end);
    }

    private boolean startsWith(int at, int end, String name) {
        if (end - at < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[at + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    Component[] components() {
        return components.clone();
    }

    /** Baseline or extended sequential Huffman coding with 8 bits. */
    boolean sequential() {
        return (frameType == SOF0 || frameType == SOF0 + 1) && precision == 8;
    }

    /** Whether the components are red, green and blue rather than luma and chroma, by libjpeg's rules. */
    boolean isRgb() {
        if (components.length != 3 || jfif) {
            return false;
        }
        if (adobeTransform >= 0) {
            return adobeTransform == 0;
        }
        return components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B';
    }

    /** Whether the first three of four components are luma and chroma of the inverted inks. */
    boolean isYcck() {
        return components.length == 4 && adobeTransform == 2;
    }

    /** Where the height stands: two bytes, the high one first. */
    int heightAt() {
        return frameAt + 1;
    }

    /** The largest vertical sampling factor: 2 where chroma has half the rows. */
    int largestVertical() {
        int largest = 1;
        for (Component component : components) {
            largest = Math.max(largest, component.vertical());
        }
        return largest;
    }

    /** Where the first scan's header begins, at its length. */
    int scanAt() {
        return scanAt;
    }

    /** MCUs between restart markers; 0 = none. */
    int restartInterval() {
        return restartInterval;
    }

    /** A quantisation table in zigzag order; empty if the file has none of that number. */
    int[] quantTable(int index) {
        return quant[index & 3];
    }

    /** Where a Huffman table's 16 counts begin, its symbols following; 0 if the file has none of that number. */
    int huffmanTable(boolean ac, int index) {
        return huffman[(ac ? 4 : 0) + (index & 3)];
    }

    /** Refuses a file that ends before its end marker; no such marker can stand inside of entropy-coded data. */
    void requireEnd() throws BadImageException {
        for (int at = bytes.length - 2; at > scanAt; at--) {
            if (bytes[at] == (byte) 0xff && bytes[at + 1] == (byte) EOI) {
                return;
            }
        }
        throw new BadImageException("truncated JPEG");
    }

    @Override
    public String toString() {
        return width + "x" + height + " " + Arrays.toString(components);
    }
}
