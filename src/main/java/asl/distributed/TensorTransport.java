package asl.distributed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** Carries the values of float32 arrays between the processes, in place. Calls are collective. */
interface TensorTransport extends AutoCloseable {
    /** As {@link World#startAllReduceMean}. */
    World.Reduction startAllReduceMean(NDList arrays);

    void broadcast(NDList arrays, int root);

    /** As {@link World#allToAll}. */
    void allToAll(NDArray sent, NDArray received);

    /** As {@link World#allGather}. */
    void allGather(NDArray part, NDArray whole);

    @Override
    void close();
}
