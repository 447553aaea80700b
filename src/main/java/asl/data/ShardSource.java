package asl.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Images in tar archives, read in place. */
final class ShardSource implements ImageSource {
    private final Path root;
    private final List<Path> shards;
    private final List<String> classNames;
    private final ShardFiles files;
    /** Number of the first image of each shard, and the number of images. */
    private final int[] starts;

    private final String[] names;
    private final long[] offsets;
    private final int[] sizes;
    private final int[] labels;

    /**
     * A source of shards.
     *
     * @param root what to call them together
     */
    ShardSource(Path root, List<ShardIndex> indexes, List<String> classNames) throws IOException {
        this.root = root;
        this.shards = indexes.stream().map(ShardIndex::shard).toList();
        this.classNames = List.copyOf(classNames);
        this.files = new ShardFiles(shards);
        this.starts = new int[shards.size() + 1];
        for (int s = 0; s < shards.size(); s++) {
            starts[s + 1] = Math.addExact(starts[s], indexes.get(s).images().size());
        }
        int count = starts[shards.size()];
        this.names = new String[count];
        this.offsets = new long[count];
        this.sizes = new int[count];
        this.labels = new int[count];
        int at = 0;
        for (ShardIndex index : indexes) {
            for (ShardIndex.Image image : index.images()) {
                names[at] = image.member().name();
                offsets[at] = image.member().offset();
                sizes[at] = size(index.shard(), image);
                labels[at] = image.label();
                at++;
            }
        }
    }

    private static int size(Path shard, ShardIndex.Image image) throws IOException {
        if (image.member().size() > Integer.MAX_VALUE - 8) {
            throw new IOException(shard + ": at offset " + image.member().offset() + ": "
                    + image.member().name() + " of " + image.member().size() + " bytes is too large for an image");
        }
        return (int) image.member().size();
    }

    List<Path> shards() {
        return shards;
    }

    @Override
    public int size() {
        return names.length;
    }

    private int shardOf(int index) {
        int found = Arrays.binarySearch(starts, index);
        if (found < 0) {
            return -found - 2;
        }
        int shard = found;
        while (starts[shard + 1] == index) {
            shard++; // shards without an image begin where the next one does
        }
        return shard;
    }

    @Override
    public String name(int index) {
        return shards.get(shardOf(index)) + ":" + names[index];
    }

    @Override
    public String key(int index) {
        return names[index];
    }

    @Override
    public Content read(int index) throws IOException {
        return new Encoded(files.read(shardOf(index), offsets[index], sizes[index]));
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public List<Integer> partStarts() {
        return IntStream.range(0, shards.size())
                .filter(shard -> starts[shard + 1] > starts[shard])
                .mapToObj(shard -> starts[shard])
                .toList();
    }

    @Override
    public String fingerprint() {
        return Fingerprint.ofFiles(shards);
    }

    @Override
    public String describe() {
        String classes = classNames.isEmpty() ? "" : ", " + classNames.size() + " classes";
        return "shards " + root + ": " + size() + " images in " + shards.size() + " shards" + classes;
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
