package asl.data.image;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/**
 * Decodes JPEG with libjpeg-turbo, to luma and chroma as they are stored: chroma is neither enlarged nor converted
 * before it has the size of the output. Leaves inks, RGB and odd chroma sampling to the JDK's decoder.
 */
final class TurboReader implements PixelReader {
    private static final int FLAGS = TurboLibrary.ACCURATE_DCT | TurboLibrary.LIMIT_SCANS;

    private static final int LARGEST_SHRINK = 8;

    /** How much larger than the view a crop of smaller pixels must still be. */
    private static final double MARGIN = 3;

    /**
     * What is asked of the decoder: sizes that are smaller than the image's by {@code shrink}.
     *
     * @param allRows as many as there would be if none below the crop were left out
     */
    private record Request(int columns, int rows, int allRows, int shrink) {}

    private final Pointer handle;
    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();
    private final Memory pointers = new Memory(3L * Native.POINTER_SIZE);
    private final int[] width = {0};
    private final int[] height = {0};
    private final int[] sampling = {0};
    private final int[] colour = {0};
    private final int[] strides = {0, 0, 0};
    private final int[] offsets = {0, 0, 0};
    private final PlaneShape[] shapes = {PlaneShape.full(1, 1), PlaneShape.full(1, 1), PlaneShape.full(1, 1)};
    private byte[] bytes = {};
    private float[] row = {};
    private boolean closed;

    TurboReader() {
        handle = TurboLibrary.tjInitDecompress();
        if (handle == null) {
            throw new IllegalStateException("libturbojpeg: no memory for a decoder");
        }
    }

    @Override
    public boolean read(byte[] encoded, ImageInfo info, CropView view, ViewRenderer renderer) throws BadImageException {
        JpegHeader header = JpegHeader.parse(encoded);
        header.requireEnd();
        int lastRow = rowsNeeded(header, view.box());
        input.put(encoded);
        input.putShort(header.heightAt(), lastRow);
        NativeLong size = new NativeLong(encoded.length);
        int failed = TurboLibrary.tjDecompressHeader3(handle, input.at(0), size, width, height, sampling, colour);
        boolean grey = colour[0] == TurboLibrary.GREY;
        if (failed != 0
                || (!grey && colour[0] != TurboLibrary.YCBCR)
                || width[0] != info.width()
                || height[0] != lastRow) {
            return false; // odd or broken: the other decoder tells which
        }
        int shrink = shrink(view);
        Request request = new Request(
                divide(info.width(), shrink), divide(lastRow, shrink), divide(info.height(), shrink), shrink);
        layOut(grey ? 1 : 3, request);
        requireSuccess(TurboLibrary.tjDecompressToYUVPlanes(
                handle, input.at(0), size, pointers, request.columns(), strides, request.rows(), FLAGS));
        renderer.begin(view, grey ? ColourModel.GREY : ColourModel.YCBCR, shapes);
        for (int p = 0; p < renderer.planes(); p++) {
            feed(renderer.plane(p), offsets[p], strides[p]);
        }
        return true;
    }

    /**
     * Rows that must be decoded for a crop: the image is told to end there, which leaves what is above as it is, and the
     * rest of the file is passed over as stray bytes. Not where rows come in several scans, or neighbours count.
     */
    private static int rowsNeeded(JpegHeader header, CropBox box) {
        if (!header.sequential() || !box.cut()) {
            return header.height();
        }
        int block = 8 * header.largestVertical();
        int end = (int) Math.ceil(box.y() + box.height());
        return Math.min(header.height(), divide(end, block) * block);
    }

    /**
     * How many times smaller to decode, 1, 2, 4 or 8, which saves computing the high frequencies: where the crop then still
     * has {@link #MARGIN} times the view's size, which keeps it within a level of the exact pixels.
     */
    private static int shrink(CropView view) {
        CropBox box = view.box();
        double most = Math.min(box.width() / view.width(), box.height() / view.height()) / MARGIN;
        int shrink = 1;
        while (shrink < LARGEST_SHRINK && 2 * shrink <= most) {
            shrink *= 2;
        }
        return shrink;
    }

    /** Rounded up. */
    private static int divide(int pixels, int shrink) {
        return (pixels + shrink - 1) / shrink;
    }

    /** Gives every plane its place in the output, one after the other. */
    private void layOut(int planes, Request request) {
        int total = 0;
        for (int p = 0; p < planes; p++) {
            int stride = TurboLibrary.tjPlaneWidth(p, request.columns(), sampling[0]);
            int decoded = TurboLibrary.tjPlaneHeight(p, request.rows(), sampling[0]);
            int all = TurboLibrary.tjPlaneHeight(p, request.allRows(), sampling[0]);
            if (stride < 1 || decoded < 1 || all < 1) {
                throw new IllegalStateException("libturbojpeg: no plane size for sampling " + sampling[0]);
            }
            strides[p] = stride;
            offsets[p] = total;
            double scaleX = scale(stride, request.columns()) / request.shrink();
            double scaleY = scale(all, request.allRows()) / request.shrink();
            shapes[p] = new PlaneShape(stride, all, scaleX, scaleY);
            total += stride * decoded; // at most 3 * ImageInfo's largest size
        }
        output.reserve(total);
        for (int p = 0; p < planes; p++) {
            pointers.setPointer((long) p * Native.POINTER_SIZE, output.at(offsets[p]));
        }
    }

    /** 1, 1/2 or 1/4: the last sample of a plane may stand for fewer pixels than the others. */
    private static double scale(int samples, int pixels) {
        return 1 / (double) Math.round((double) pixels / samples);
    }

    private void feed(PlaneResampler plane, int offset, int stride) {
        int from = plane.firstColumn();
        int count = plane.endColumn() - from;
        if (bytes.length < count) {
            bytes = new byte[count];
            row = new float[count];
        }
        for (int y = plane.firstRow(); y < plane.endRow(); y++) {
            output.get(offset + y * stride + from, bytes, count);
            SampleRows.copy(bytes, 0, 1, row, count);
            plane.row(y, row);
        }
    }

    private void requireSuccess(int failed) throws BadImageException {
        if (failed == 0) {
            return;
        }
        String message = TurboLibrary.tjGetErrorStr2(handle);
        if (TurboLibrary.tjGetErrorCode(handle) == TurboLibrary.FATAL || JpegWarnings.spoilsPixels(message)) {
            throw new BadImageException("broken JPEG: " + message);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        input.close();
        output.close();
        pointers.close();
        if (TurboLibrary.tjDestroy(handle) != 0) {
            throw new IllegalStateException("libturbojpeg: a decoder could not be freed");
        }
    }
}
