package asl.data.image;

import asl.random.RandomStream;

/** Chooses the box of an image that a view shows; holds no state, so one serves all threads. */
public sealed interface Cropper permits CenterCrop, RandomResizedCrop, TfStyleCrop, WholeImage {
    /** The box for an image of the given size in pixels; all chance comes from the stream. */
    CropBox draw(int width, int height, RandomStream stream);
}
