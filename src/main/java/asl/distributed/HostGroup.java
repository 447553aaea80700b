package asl.distributed;

/** Processes that exchange small host values: what every transport of tensors stands on. Calls are collective. */
interface HostGroup extends AutoCloseable {
    Place place();

    double[] sum(double... values);

    double[] max(double... values);

    /** The bytes of rank 0; the others pass an array of the same length. */
    byte[] broadcast(byte[] value);

    void barrier();

    /** Another thread for collective calls, with the limit of this group. */
    CollectiveThread newThread(String name);

    /** Ends every process at once; does not return. */
    void abort(int exitCode);

    String describe();

    @Override
    void close();
}
