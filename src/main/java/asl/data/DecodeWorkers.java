package asl.data;

import asl.data.image.BadImageException;
import asl.data.image.ImageDecoder;
import asl.data.image.JpegBackend;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that decode, each task with a decoder to itself; decoders are lent again and again. */
public final class DecodeWorkers implements AutoCloseable {
    private final ExecutorService threads;
    private final ConcurrentLinkedQueue<ImageDecoder> idle = new ConcurrentLinkedQueue<>();

    /** Starts so many daemon threads. */
    public DecodeWorkers(int count) {
        threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "decode");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What is done with a decoder. */
    public interface Task<T> {
        T run(ImageDecoder decoder) throws BadImageException;
    }

    /** Runs a task as soon as a thread is free. */
    public <T> Future<T> submit(Task<T> task) {
        return threads.submit(() -> {
            ImageDecoder lent = idle.poll();
            ImageDecoder decoder = lent != null ? lent : new ImageDecoder(JpegBackend.AUTO);
            try {
                return task.run(decoder);
            } finally {
                idle.add(decoder);
            }
        });
    }

    /** The result of a task, or its unchecked exception. */
    public static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for images", e);
        }
    }

    /** Drops the tasks that have not begun and waits for those that have: only then are decoder and source free. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true; // decoders hold native memory: not to be closed under a running task
            }
        }
        idle.forEach(ImageDecoder::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
