package asl.data.image;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.Optional;

/**
 * The functions of libturbojpeg (2.0 or later, whose 3.x still has them) that decode to planes, as its
 * {@code turbojpeg.h} declares them. Call none unless {@link #available}.
 */
final class TurboLibrary {
    /** What {@link #tjGetErrorCode} gives if nothing was decoded, rather than something doubtful. */
    static final int FATAL = 1;

    /** The exact inverse DCT: what Pillow uses. */
    static final int ACCURATE_DCT = 4096;

    /** Refuses progressive files of absurdly many scans, which would take minutes. */
    static final int LIMIT_SCANS = 32768;

    /** A colour space of {@link #tjDecompressHeader3}: luma and chroma. */
    static final int YCBCR = 1;

    static final int GREY = 2;

    /** Debian's and Red Hat's file; then what the platform makes of the bare name. */
    private static final List<String> NAMES = List.of("libturbojpeg.so.0", "turbojpeg");

    private static final Optional<String> LOADED = load();

    private TurboLibrary() {}

    private static Optional<String> load() {
        return NAMES.stream().filter(TurboLibrary::register).findFirst();
    }

    /** False if the library is absent, of another architecture or too old. */
    private static boolean register(String name) {
        try {
            Native.register(TurboLibrary.class, NativeLibrary.getInstance(name));
            return true;
        } catch (LinkageError e) {
            return false;
        }
    }

    static boolean available() {
        return LOADED.isPresent();
    }

    /** The file that was loaded. */
    static String name() {
        return LOADED.orElse("none");
    }

    /** A new decoder; null if there is no memory for it. */
    static native Pointer tjInitDecompress();

    static native int tjDestroy(Pointer handle);

    static native int tjDecompressHeader3(
            Pointer handle, Pointer jpeg, NativeLong size, int[] width, int[] height, int[] sampling, int[] colour);

    /** {@code planes} points to an array of one pointer for each component; width and height 0 = as stored. */
    static native int tjDecompressToYUVPlanes(
            Pointer handle,
            Pointer jpeg,
            NativeLong size,
            Pointer planes,
            int width,
            int[] strides,
            int height,
            int flags);

    static native int tjPlaneWidth(int component, int width, int sampling);

    static native int tjPlaneHeight(int component, int height, int sampling);

    static native int tjGetErrorCode(Pointer handle);

    static native String tjGetErrorStr2(Pointer handle);
}
