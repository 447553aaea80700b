package asl.data.pack;

import asl.data.DecodeWorkers;
import asl.data.ImageSource;
import asl.data.ShardLayout;
import asl.data.image.BadImageException;
import asl.data.image.ImageDecoder;
import asl.data.tar.TarMember;
import asl.data.tar.TarReader;
import asl.data.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Packs a source into shards that WebDataset and {@code data.format: shards} read. Images are read, checked and resized by
 * many threads and written in order by one; shards that are there already are left as they are.
 */
public final class DatasetPack {
    /** Images on their way, for each thread. */
    private static final int AHEAD = 8;

    private static final int BUFFER = 1 << 20;
    private static final String LABEL = ".cls";
    private static final String PATH = ".json";

    private final ImageSource source;
    private final PackPlan plan;
    private final MemberNames names;
    private final Listener listener;
    private int done;
    private int written;

    /**
     * What came of it.
     *
     * @param images in all shards
     * @param bad images that were left out, since they cannot be read
     * @param shards in the folder
     * @param kept of these, that were there before
     */
    public record Result(long images, long bad, int shards, int kept) {}

    /** Told how it goes; called from one thread. */
    public interface Listener {
        void bad(String name, String reason);

        /** Called after every image. */
        void progress(Progress progress);
    }

    /**
     * How far it is.
     *
     * @param shard being written, from 0
     * @param done images that are written, left out or were there before
     * @param written by this run
     */
    public record Progress(int shard, int shards, int done, int images, int written) {}

    /** Exactly one of the two is there. */
    private record Outcome(int image, Optional<PackedImage> packed, String reason) {}

    private DatasetPack(ImageSource source, PackOptions options, Listener listener) {
        this.source = source;
        this.plan = new PackPlan(source, options);
        this.names = new MemberNames(source);
        this.listener = listener;
    }

    /** Where shards go, and whether those of other settings are removed first. */
    public record Target(Path folder, boolean overwrite) {}

    /**
     * Packs everything that is not packed yet.
     *
     * @throws asl.config.ConfigException if the folder holds shards of another source or other options
     */
    public static Result run(ImageSource source, Target target, PackOptions options, int threads, Listener listener)
            throws IOException {
        DatasetPack pack = new DatasetPack(source, options, listener);
        try (PackFolder folder = new PackFolder(target.folder());
                DecodeWorkers workers = new DecodeWorkers(threads)) {
            folder.prepare(pack.plan.manifest(), target.overwrite());
            if (!source.classNames().isEmpty()) {
                folder.write(ShardLayout.CLASSES, utf8(String.join("\n", source.classNames()) + "\n"));
            }
            return pack.run(folder, workers, AHEAD * threads);
        }
    }

    private Result run(PackFolder folder, DecodeWorkers workers, int ahead) throws IOException {
        int kept = 0;
        long earlier = 0;
        for (int shard = 0; shard < plan.shards(); shard++) {
            if (Files.exists(folder.shard(shard))) {
                kept++;
                earlier += count(folder.shard(shard));
                done += plan.images(shard).length;
            } else {
                write(folder, shard, workers, ahead);
            }
        }
        long images = earlier + written;
        return new Result(images, plan.images() - images, plan.shards(), kept);
    }

    private void write(PackFolder folder, int shard, DecodeWorkers workers, int ahead) throws IOException {
        Path file = folder.shard(shard);
        int[] images = plan.images(shard);
        Deque<Future<Outcome>> pending = new ArrayDeque<>();
        int next = 0;
        try (TarWriter tar =
                new TarWriter(new BufferedOutputStream(Files.newOutputStream(folder.part(file)), BUFFER))) {
            while (next < images.length || !pending.isEmpty()) {
                while (next < images.length && pending.size() < ahead) {
                    int image = images[next++];
                    pending.add(workers.submit(decoder -> make(image, decoder)));
                }
                take(DecodeWorkers.await(pending.remove()), tar);
                done++;
                listener.progress(new Progress(shard, plan.shards(), done, plan.images(), written));
            }
        }
        folder.publish(file);
    }

    private Outcome make(int image, ImageDecoder decoder) {
        try {
            return new Outcome(image, Optional.of(PackedImage.of(source.read(image), plan.options(), decoder)), "");
        } catch (BadImageException | IOException e) {
            return new Outcome(image, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private void take(Outcome outcome, TarWriter tar) throws IOException {
        int image = outcome.image();
        if (outcome.packed().isEmpty()) {
            listener.bad(source.name(image), outcome.reason());
            return;
        }
        PackedImage packed = outcome.packed().get();
        String key = names.key(image);
        tar.add(key + "." + packed.extension(), packed.bytes());
        if (source.label(image) != ImageSource.NO_LABEL) {
            tar.add(key + LABEL, utf8(Integer.toString(source.label(image))));
        }
        if (names.differs(image, packed.extension())) {
            tar.add(key + PATH, utf8("{\"path\": \"" + Json.escape(names.original(image)) + "\"}"));
        }
        written++;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long count(Path shard) throws IOException {
        long images = 0;
        try (TarReader reader = new TarReader(shard)) {
            for (Optional<TarMember> next = reader.next(); next.isPresent(); next = reader.next()) {
                String name = next.get().name();
                images += name.endsWith(LABEL) || name.endsWith(PATH) ? 0 : 1;
            }
        }
        return images;
    }
}
