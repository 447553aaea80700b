package asl.data.image;

/** Feeds pixels that are decoded already. */
final class RawReader {
    private float[] row = {};

    void read(RawImage image, CropView view, ViewRenderer renderer) {
        boolean grey = image.channels() == 1;
        PlaneShape shape = PlaneShape.full(image.width(), image.height());
        renderer.begin(view, grey ? ColourModel.GREY : ColourModel.RGB, shape, shape, shape);
        if (row.length < image.width()) {
            row = new float[image.width()];
        }
        for (int p = 0; p < renderer.planes(); p++) {
            PlaneResampler plane = renderer.plane(p);
            for (int y = plane.firstRow(); y < plane.endRow(); y++) {
                int at = (y * image.width() + plane.firstColumn()) * image.channels() + p;
                SampleRows.copy(image.pixels(), at, image.channels(), row, plane.endColumn() - plane.firstColumn());
                plane.row(y, row);
            }
        }
    }
}
