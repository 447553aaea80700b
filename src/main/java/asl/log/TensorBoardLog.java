package asl.log;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * TensorBoard event files: scalars and pictures, under the names that {@code metrics.jsonl} has. Each start of a run
 * writes a file of its own, which TensorBoard joins; field numbers are those of TensorFlow's {@code event.proto} and
 * {@code summary.proto}.
 */
public final class TensorBoardLog implements MetricLog {
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int VALUE_IMAGE = 4;
    private static final int IMAGE_HEIGHT = 1;
    private static final int IMAGE_WIDTH = 2;
    private static final int IMAGE_COLORSPACE = 3;
    private static final int IMAGE_ENCODED = 4;
    private static final int RGB = 3;
    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;
    /** Where a PNG holds its width, height following: after signature, chunk length and chunk name. */
    private static final int PNG_WIDTH_OFFSET = 16;

    private final EventFile file;
    private final InstantSource clock;

    /**
     * Starts an event file in {@code folder}, which is made where it is missing.
     *
     * @param resumedStep the step that the run goes on from: TensorBoard is told to forget what earlier files say of
     *     later steps; 0 for a new run
     */
    public TensorBoardLog(Path folder, long resumedStep) throws IOException {
        this(folder, resumedStep, InstantSource.system());
    }

    TensorBoardLog(Path folder, long resumedStep, InstantSource clock) throws IOException {
        this.clock = clock;
        Files.createDirectories(folder);
        String name = "events.out.tfevents.%d.%s.%d"
                .formatted(clock.millis(), hostName(), ProcessHandle.current().pid());
        this.file = new EventFile(folder.resolve(name));
        file.append(event(0).string(EVENT_FILE_VERSION, "brain.Event:2").toByteArray());
        ProtoWriter start = new ProtoWriter().int64(SESSION_STATUS, SESSION_START);
        file.append(event(resumedStep + 1).message(EVENT_SESSION_LOG, start).toByteArray());
    }

    @Override
    public void metrics(StepMetrics metrics) throws IOException {
        ProtoWriter summary = new ProtoWriter();
        scalar(summary, "epoch", metrics.epoch());
        for (Map.Entry<String, Double> figure : metrics.values().entrySet()) {
            scalar(summary, figure.getKey(), figure.getValue());
        }
        file.append(event(metrics.step()).message(EVENT_SUMMARY, summary).toByteArray());
    }

    @Override
    public void image(String name, long step, byte[] png) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(png);
        ProtoWriter image = new ProtoWriter()
                .int64(IMAGE_HEIGHT, header.getInt(PNG_WIDTH_OFFSET + Integer.BYTES))
                .int64(IMAGE_WIDTH, header.getInt(PNG_WIDTH_OFFSET))
                .int64(IMAGE_COLORSPACE, RGB)
                .bytes(IMAGE_ENCODED, png);
        ProtoWriter value = new ProtoWriter().string(VALUE_TAG, name).message(VALUE_IMAGE, image);
        ProtoWriter summary = new ProtoWriter().message(SUMMARY_VALUE, value);
        file.append(event(step).message(EVENT_SUMMARY, summary).toByteArray());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static void scalar(ProtoWriter summary, String name, double value) {
        summary.message(SUMMARY_VALUE, new ProtoWriter().string(VALUE_TAG, name).float32(VALUE_SIMPLE, (float) value));
    }

    private ProtoWriter event(long step) {
        return new ProtoWriter().float64(EVENT_WALL_TIME, clock.millis() / 1e3).int64(EVENT_STEP, step);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
