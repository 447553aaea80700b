package asl.distributed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** A world of one: every reduction is the identity. */
final class SingleWorld implements World {
    @Override
    public int rank() {
        return 0;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public int localRank() {
        return 0;
    }

    @Override
    public int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public void allReduceMean(NDList arrays) {}

    @Override
    public void broadcast(NDList arrays, int root) {}

    @Override
    public void allToAll(NDArray sent, NDArray received) {
        sent.copyTo(received);
    }

    @Override
    public void allGather(NDArray part, NDArray whole) {
        part.reshape(whole.getShape()).copyTo(whole);
    }

    @Override
    public double[] allReduceSum(double... values) {
        return values.clone();
    }

    @Override
    public double[] allReduceMax(double... values) {
        return values.clone();
    }

    @Override
    public void barrier() {}

    @Override
    public void abort(int exitCode) {
        Runtime.getRuntime().halt(exitCode);
    }

    @Override
    public String describe() {
        return "one process";
    }

    @Override
    public void close() {}
}
