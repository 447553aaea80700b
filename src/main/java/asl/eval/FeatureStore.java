package asl.eval;

import asl.config.Pool;
import asl.interop.NpyFile;
import asl.interop.NpyWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Features of whole data sets on disk, so that a second probe of the same weights starts at once. One folder per key: what
 * the features depend on, as text, kept beside them in {@code key.txt}; {@code cls.npy}, {@code avg.npy}, {@code
 * labels.npy} and {@code samples.npy} open in NumPy too. D is the width of the features.
 */
public final class FeatureStore {
    private static final String KEY = "key.txt";
    private static final String LABELS = "labels.npy";
    private static final String SAMPLES = "samples.npy";

    private final Path root;

    public FeatureStore(Path root) {
        this.root = root;
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** The features kept under a key; empty if there are none, or an interrupted run left them incomplete. */
    public Optional<Stored> find(String key) throws IOException {
        Path folder = folder(key);
        Path keyFile = folder.resolve(KEY);
        if (!Files.exists(keyFile) || !Files.readString(keyFile).equals(key)) {
            return Optional.empty();
        }
        return Optional.of(new Stored(folder));
    }

    /** Begins to keep features of some kinds under a key; they count once {@link Recorder#complete} was called. */
    public Recorder record(String key, List<Pool> pools, int width) throws IOException {
        Path folder = folder(key);
        Files.createDirectories(folder);
        Files.deleteIfExists(folder.resolve(KEY));
        return new Recorder(folder, key, pools, width);
    }

    private Path folder(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return root.resolve(HexFormat.of().formatHex(hash, 0, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    private static String file(Pool pool) {
        return pool.name().toLowerCase(Locale.ROOT) + ".npy";
    }

    /** Features that are complete. */
    public static final class Stored {
        private final Path folder;

        private Stored(Path folder) {
            this.folder = folder;
        }

        public Path folder() {
            return folder;
        }

        /** Features of one kind of the images in these rows, which ascend [rows, D]. */
        public float[] features(Pool pool, int... rows) throws IOException {
            return NpyFile.open(folder.resolve(file(pool))).floatRows(rows);
        }

        /** Labels [N]. */
        public int[] labels() throws IOException {
            return NpyFile.open(folder.resolve(LABELS)).ints();
        }

        /** Numbers of the images in their source [N]. */
        public int[] samples() throws IOException {
            return NpyFile.open(folder.resolve(SAMPLES)).ints();
        }
    }

    /** Writes features batch by batch. */
    public static final class Recorder implements Closeable {
        private final Path folder;
        private final String key;
        private final Map<Pool, NpyWriter> features = new EnumMap<>(Pool.class);
        private final NpyWriter labels;
        private final NpyWriter samples;

        private Recorder(Path folder, String key, List<Pool> pools, int width) throws IOException {
            this.folder = folder;
            this.key = key;
            for (Pool pool : pools) {
                features.put(pool, NpyWriter.ofFloats(folder.resolve(file(pool)), width));
            }
            this.labels = NpyWriter.ofInts(folder.resolve(LABELS));
            this.samples = NpyWriter.ofInts(folder.resolve(SAMPLES));
        }

        /** Appends the features of a batch [B, D] of every kind. */
        public void append(Map<Pool, float[]> batch, int[] batchLabels, int[] batchSamples) throws IOException {
            for (Map.Entry<Pool, float[]> part : batch.entrySet()) {
                NpyWriter writer = features.get(part.getKey());
                if (writer == null) {
                    throw new IllegalArgumentException("features of kind " + part.getKey() + " are not kept");
                }
                writer.append(part.getValue());
            }
            labels.append(batchLabels);
            samples.append(batchSamples);
        }

        /** Ends the files and lets the features count. */
        public void complete() throws IOException {
            for (NpyWriter writer : features.values()) {
                writer.complete();
            }
            labels.complete();
            samples.complete();
            Files.writeString(folder.resolve(KEY), key);
        }

        @Override
        public void close() throws IOException {
            for (NpyWriter writer : features.values()) {
                writer.close();
            }
            labels.close();
            samples.close();
        }
    }
}
