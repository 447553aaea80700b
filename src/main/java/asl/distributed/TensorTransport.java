package asl.distributed;

import ai.djl.ndarray.NDList;

/** Carries the values of float32 arrays between the processes, in place. Calls are collective. */
interface TensorTransport extends AutoCloseable {
    void allReduceMean(NDList arrays);

    void broadcast(NDList arrays, int root);

    @Override
    void close();
}
