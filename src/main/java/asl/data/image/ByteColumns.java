package asl.data.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Writes the columns of a view, rounded and clipped to bytes. */
final class ByteColumns {
    private static final VarHandle FOUR = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Further beyond 0..255 than resampling (1.7 times the range) and colour conversion can lead. */
    private static final int MARGIN = 1024;

    /** The byte for a value by its whole part plus {@link #MARGIN}: one look-up instead of two comparisons. */
    private static final int[] CLIPPED = new int[2 * MARGIN + 256];

    static {
        for (int i = 0; i < CLIPPED.length; i++) {
            CLIPPED[i] = Math.max(0, Math.min(255, i - MARGIN));
        }
    }

    private final byte[] out;
    private final int offset;
    private final int height;
    private final int width;
    private final int step;

    /** Columns of the view in {@code out[offset]} and on. */
    ByteColumns(byte[] out, int offset, CropView view) {
        this.out = out;
        this.offset = offset;
        this.height = view.height();
        this.width = view.width();
        this.step = view.width() * view.channels();
    }

    private static int level(float value) {
        return CLIPPED[(int) (value + (MARGIN + 0.5f))];
    }

    /** The only channel of a column. */
    void store(int column, float[] luma) {
        int at = offset + column;
        for (int y = 0; y < height; y++) {
            out[at] = (byte) level(luma[y]);
            at += step;
        }
    }

    /** The three channels of a column; columns must come from left to right. */
    void store(int column, float[] red, float[] green, float[] blue) {
        int at = offset + 3 * column;
        if (column == width - 1) {
            storeLast(at, red, green, blue);
            return;
        }
        for (int y = 0; y < height; y++) {
            // One byte too many: the next column has its place.
            FOUR.set(out, at, level(red[y]) | level(green[y]) << 8 | level(blue[y]) << 16);
            at += step;
        }
    }

    private void storeLast(int first, float[] red, float[] green, float[] blue) {
        int at = first;
        for (int y = 0; y < height; y++) {
            out[at] = (byte) level(red[y]);
            out[at + 1] = (byte) level(green[y]);
            out[at + 2] = (byte) level(blue[y]);
            at += step;
        }
    }
}
