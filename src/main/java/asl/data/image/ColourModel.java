package asl.data.image;

/** What the planes of a decoder mean. */
enum ColourModel {
    GREY(1),
    RGB(3),
    /** JFIF: full-range ITU-R 601. */
    YCBCR(3);

    private final int planes;

    ColourModel(int planes) {
        this.planes = planes;
    }

    /** Planes that an output of so many channels needs: luma alone comes from the first of {@code YCBCR}. */
    int planesFor(int channels) {
        return this == YCBCR && channels == 1 ? 1 : planes;
    }
}
