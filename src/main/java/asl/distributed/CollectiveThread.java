package asl.distributed;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The one thread that talks to the other processes, since MPI wants all its calls from the thread that started it. Who waits
 * for it longer than the limit ends the process: MPI itself waits for a lost rank for ever.
 */
final class CollectiveThread implements AutoCloseable {
    /** The exit code of a process that gave up waiting (EX_TEMPFAIL: trying again may help). */
    static final int GAVE_UP = 75;

    private final ExecutorService thread;
    private final Duration limit;
    private final Consumer<String> complaints;

    /** @param complaints told, line by line, why the process ends */
    CollectiveThread(String name, Duration limit, Consumer<String> complaints) {
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            return created;
        });
        this.limit = limit;
        this.complaints = complaints;
    }

    /** Another one with the same limit. */
    CollectiveThread another(String name) {
        return new CollectiveThread(name, limit, complaints);
    }

    /**
     * The result of a task on the thread, or its unchecked exception.
     *
     * @param what the task, for the complaint: "an all-reduce of 214 arrays"
     */
    <T> T call(String what, Callable<T> task) {
        return result(what, thread.submit(task));
    }

    private <T> T result(String what, Future<T> future) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            giveUp(what);
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + what, e);
        }
    }

    void run(String what, Runnable task) {
        call(what, () -> {
            task.run();
            return true;
        });
    }

    /** Gives a task to the thread; what is awaited throws the task's unchecked exception. */
    World.Reduction start(String what, Runnable task) {
        Future<?> future = thread.submit(task);
        return () -> result(what, future);
    }

    /** Runs a task that ends the process; if the thread is held up for so long, the process ends without it. */
    void runLast(Runnable task, Duration patience, int exitCode) {
        try {
            thread.submit(task).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            complaints.accept("the other ranks could not be told: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private void giveUp(String what) {
        complaints.accept("waited " + limit.toMillis() / 1000.0 + " s in " + what
                + ": another rank hangs or has ended (dist.timeout_minutes sets the limit); giving up. Threads here:");
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            if (entry.getValue().length > 0) {
                complaints.accept("  " + entry.getKey().getName());
            }
            for (StackTraceElement frame : entry.getValue()) {
                complaints.accept("    " + frame);
            }
        }
        Runtime.getRuntime().halt(GAVE_UP);
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
