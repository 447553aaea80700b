package asl.interop;

import java.io.IOException;
import java.util.List;

/**
 * A weight under our name, and how it is made of a file's tensors.
 *
 * @param info our name, float32, our shape
 * @param sources the names in the file that it takes
 */
record CanonicalTensor(TensorInfo info, List<String> sources, Values values) {
    /** Reads the weight, row-major. */
    interface Values {
        float[] read(TensorFile file) throws IOException;
    }

    /** A weight that stands in the file as it is. */
    static CanonicalTensor renamed(TensorInfo source, String name) {
        return shaped(source, name, source.shape());
    }

    /** A weight whose elements stand in the file in our order. */
    static CanonicalTensor shaped(TensorInfo source, String name, List<Long> shape) {
        return new CanonicalTensor(
                new TensorInfo(name, DType.F32, shape), List.of(source.name()), file -> floats(file, source));
    }

    static float[] floats(TensorFile file, TensorInfo source) throws IOException {
        return FloatValues.of(source.dtype(), file.data(source.name()));
    }
}
