package asl.data.image;

import java.awt.Rectangle;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/** Feeds the samples of {@code java.awt.image} rasters, scaled to 0..255. A raster holds the given region of the image. */
final class RasterRows {
    private float[] row = {};
    private int[] samples = {};

    /** One plane from each of the first bands. */
    void feed(Raster raster, Rectangle region, ViewRenderer renderer) {
        reserve(region.width);
        for (int p = 0; p < renderer.planes(); p++) {
            for (int y = 0; y < region.height; y++) {
                copyBand(raster, p, y, region.width);
                renderer.plane(p).row(region.y + y, row);
            }
        }
    }

    private void copyBand(Raster raster, int band, int y, int width) {
        int left = raster.getMinX();
        int top = raster.getMinY() + y;
        if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte buffer) {
            int at = buffer.getOffset()
                    + model.getOffset(
                            left - raster.getSampleModelTranslateX(), top - raster.getSampleModelTranslateY(), band);
            SampleRows.copy(buffer.getData(), at, model.getPixelStride(), row, width);
            return;
        }
        int bits = raster.getSampleModel().getSampleSize(band);
        float scale = bits < 8 ? 255f / ((1 << bits) - 1) : 1;
        int shift = Math.max(0, bits - 8); // the high byte of 16 bits, as Pillow reads colour
        raster.getSamples(left, top, width, 1, band, samples);
        for (int x = 0; x < width; x++) {
            row[x] = (samples[x] >> shift) * scale;
        }
    }

    /** Red, green and blue by palette. */
    void feedPalette(Raster raster, IndexColorModel palette, Rectangle region, ViewRenderer renderer) {
        reserve(region.width);
        byte[][] colours = new byte[3][256];
        if (palette.getMapSize() > 256) {
            throw new IllegalArgumentException("palette of " + palette.getMapSize() + " colours");
        }
        palette.getReds(colours[0]);
        palette.getGreens(colours[1]);
        palette.getBlues(colours[2]);
        for (int p = 0; p < renderer.planes(); p++) {
            for (int y = 0; y < region.height; y++) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, region.width, 1, 0, samples);
                for (int x = 0; x < region.width; x++) {
                    row[x] = colours[p][samples[x]] & 0xff;
                }
                renderer.plane(p).row(region.y + y, row);
            }
        }
    }

    /**
     * Red, green and blue from four inks, stored inverted as Adobe does and Pillow assumes.
     *
     * @param ycck whether the first three bands are luma and chroma of the inks
     */
    void feedInks(Raster raster, boolean ycck, Rectangle region, ViewRenderer renderer) {
        reserve(4 * region.width);
        float[][] rgb = new float[3][region.width];
        for (int p = 0; p < 3; p++) { // planes come one after the other, so each row is converted again for each
            for (int y = 0; y < region.height; y++) {
                raster.getPixels(raster.getMinX(), raster.getMinY() + y, region.width, 1, samples);
                for (int x = 0; x < region.width; x++) {
                    toRgb(samples, 4 * x, ycck, rgb, x);
                }
                renderer.plane(p).row(region.y + y, rgb[p]);
            }
        }
    }

    private static void toRgb(int[] inks, int at, boolean ycck, float[][] rgb, int x) {
        float cyan = inks[at];
        float magenta = inks[at + 1];
        float yellow = inks[at + 2];
        if (ycck) {
            float luma = inks[at];
            float cb = inks[at + 1] - 128f;
            float cr = inks[at + 2] - 128f;
            cyan = clip(255 - (luma + 1.402f * cr));
            magenta = clip(255 - (luma - 0.344136f * cb - 0.714136f * cr));
            yellow = clip(255 - (luma + 1.772f * cb));
        }
        float light = inks[at + 3] / 255f;
        rgb[0][x] = cyan * light;
        rgb[1][x] = magenta * light;
        rgb[2][x] = yellow * light;
    }

    private static float clip(float value) {
        return Math.max(0, Math.min(255, value));
    }

    private void reserve(int count) {
        if (row.length < count) {
            row = new float[count];
            samples = new int[count];
        }
    }
}
