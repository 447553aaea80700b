package asl.data.augment;

/** Rows {@code top} to {@code bottom} and columns {@code left} to {@code right} of an image, ends excluded. */
public record Box(int top, int bottom, int left, int right) {
    /** No pixel at all. */
    public static final Box NONE = new Box(0, 0, 0, 0);

    public int height() {
        return bottom - top;
    }

    public int width() {
        return right - left;
    }

    public int area() {
        return height() * width();
    }
}
