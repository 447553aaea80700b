package asl.interop;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Files among the test resources, and tensors as arrays. */
final class Fixtures {
    private Fixtures() {}

    static Path path(String resource) {
        URL url = Fixtures.class.getResource(resource);
        if (url == null) {
            throw new IllegalArgumentException(resource + " is not among the test resources");
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static float[] floats(TensorFile file, String name) throws IOException {
        return FloatValues.of(file.info(name).dtype(), file.data(name));
    }

    /** Bytes that count up. */
    static ByteBuffer counting(TensorInfo tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.put((byte) bytes.position());
        }
        return bytes.flip();
    }
}
