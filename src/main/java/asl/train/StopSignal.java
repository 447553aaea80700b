package asl.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM, as a question that the loop asks: the process ends only once the loop has finished its step and
 * saved. Works by a shutdown hook, so that it needs no signal API.
 */
public final class StopSignal implements AutoCloseable {
    /** How long the process waits for the loop; SLURM's default between SIGTERM and SIGKILL is 30 s, Kubernetes' too. */
    private static final long PATIENCE_SECONDS = 300;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::askAndWait, "stop-signal");
    private volatile boolean requested;

    /** Begins to listen. */
    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the process was asked to end. */
    public boolean requested() {
        return requested;
    }

    /** Asks the loop to stop, as a signal does. */
    public void request() {
        requested = true;
    }

    private void askAndWait() {
        requested = true;
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Thread.currentThread().interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The loop is done: the process may end. */
    @Override
    public void close() {
        done.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                requested = true; // the shutdown began just now, and waits no longer
            }
        }
    }
}
