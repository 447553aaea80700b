package asl.distributed;

import asl.config.ConfigException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/** The processes that MPI started. */
final class MpiGroup implements HostGroup {
    /** After which an abort goes on without MPI. */
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(5);

    private final Mpi mpi;
    private final CollectiveThread thread;
    private final Place place;

    private MpiGroup(Mpi mpi, CollectiveThread thread, Place place) {
        this.mpi = mpi;
        this.thread = thread;
        this.place = place;
    }

    /**
     * Starts MPI.
     *
     * @throws ConfigException if library and launcher do not fit
     */
    static MpiGroup open(Launch launch, Duration limit, Consumer<String> complaints) {
        boolean pmix = !(launch instanceof Launch.ByMpi by) || by.pmix();
        Mpi mpi = Mpi.load(pmix);
        if (!pmix && mpi.isOpenMpi()) {
            throw new ConfigException("dist.transport: " + mpi.describe()
                    + " cannot be started by this launcher's PMI; use" + " mpirun, or srun --mpi=pmix");
        }
        CollectiveThread thread = new CollectiveThread("mpi", limit, complaints);
        Place place = thread.call("MPI_Init", mpi::init);
        if (launch instanceof Launch.ByMpi by && by.size() > 0 && by.size() != place.size()) {
            throw new ConfigException("dist.transport: the launcher started " + by.size() + " processes, but "
                    + mpi.describe() + " knows of " + place.size()
                    + "; use the mpirun of that library, or name the other"
                    + " library by ASL_JAVA_OPTS=-D" + Mpi.LIBRARY + "=FILE");
        }
        return new MpiGroup(mpi, thread, place);
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public double[] sum(double... values) {
        return reduce("a sum", values, (buffer, count) -> mpi.sumDoubles(Pointer.nativeValue(buffer), count));
    }

    @Override
    public double[] max(double... values) {
        return reduce("a maximum", values, (buffer, count) -> mpi.maxDoubles(Pointer.nativeValue(buffer), count));
    }

    private double[] reduce(String what, double[] values, ObjIntConsumer<Memory> reduction) {
        if (values.length == 0) {
            return new double[0];
        }
        try (Memory buffer = new Memory((long) Double.BYTES * values.length)) {
            buffer.write(0, values, 0, values.length);
            thread.run(what + " of " + values.length + " numbers", () -> reduction.accept(buffer, values.length));
            return buffer.getDoubleArray(0, values.length);
        }
    }

    @Override
    public byte[] broadcast(byte[] value) {
        try (Memory buffer = new Memory(value.length)) {
            buffer.write(0, value, 0, value.length);
            thread.run(
                    "a broadcast of " + value.length + " bytes",
                    () -> mpi.broadcast(Pointer.nativeValue(buffer), value.length, 0));
            return buffer.getByteArray(0, value.length);
        }
    }

    /** What tensors need: a task on the MPI thread. */
    interface Call {
        void on(Mpi mpi);
    }

    void run(String what, Call call) {
        thread.run(what, () -> call.on(mpi));
    }

    /** The same without waiting for it. */
    World.Reduction start(String what, Call call) {
        return thread.start(what, () -> call.on(mpi));
    }

    @Override
    public CollectiveThread newThread(String name) {
        return thread.another(name);
    }

    @Override
    public void barrier() {
        thread.run("a barrier", mpi::barrier);
    }

    @Override
    public void abort(int exitCode) {
        thread.runLast(() -> mpi.abort(exitCode), ABORT_PATIENCE, exitCode);
    }

    @Override
    public String describe() {
        return place.size() + " processes over " + mpi.describe();
    }

    @Override
    public void close() {
        thread.run("MPI_Finalize", mpi::finish);
        thread.close();
    }
}
