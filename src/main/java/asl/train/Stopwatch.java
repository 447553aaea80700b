package asl.train;

import ai.djl.ndarray.NDArray;

/** Time from lap to lap. */
final class Stopwatch {
    private long last = System.nanoTime();

    /** Nanoseconds since the lap before. */
    long lap() {
        long now = System.nanoTime();
        long lap = now - last;
        last = now;
        return lap;
    }

    /** The same once the device is done with all it was given: reading a scalar waits for what was queued before. */
    long lap(NDArray scalar) {
        if (scalar.getDevice().isGpu()) {
            scalar.getFloat();
        }
        return lap();
    }
}
