package asl.train;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, SIGTERM and SIGUSR1, as a question that the loop asks: the process ends only once the loop has finished its step
 * and saved. The first two work by a shutdown hook, and need no signal API. SIGUSR1 is what batch systems send ahead of a
 * time limit and what MPI's launchers pass on to every rank, where they would kill those soon after a SIGTERM.
 */
public final class StopSignal implements AutoCloseable {
    /** How long the process waits for the loop; SLURM's default between SIGTERM and SIGKILL is 30 s, Kubernetes' too. */
    private static final long PATIENCE_SECONDS = 300;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::askAndWait, "stop-signal");
    private final Runnable unlisten;
    private volatile boolean requested;

    /** Begins to listen. */
    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
        unlisten = listen("USR1");
    }

    /** Takes a signal, where the system has it; the result gives it back to whoever had it. */
    private Runnable listen(String name) {
        try {
            // Java has no other API for signals, and javac's warning of this one cannot be suppressed: hence by
            // reflection.
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Class<?> signals = Class.forName("sun.misc.Signal");
            Method handle = signals.getMethod("handle", signals, handlers);
            Object signal = signals.getConstructor(String.class).newInstance(name);
            Object listener = Proxy.newProxyInstance(
                    handlers.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, received) -> {
                        request();
                        return null;
                    });
            Object former = handle.invoke(null, signal, listener);
            return () -> giveBack(handle, signal, former);
        } catch (ReflectiveOperationException e) {
            return () -> {}; // the signal ends the process, as it does by default
        }
    }

    private static void giveBack(Method handle, Object signal, Object former) {
        try {
            handle.invoke(null, signal, former);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a signal handler that was there cannot be set again", e);
        }
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
        unlisten.run();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            requested = true; // the process is ending already
        }
    }
}
