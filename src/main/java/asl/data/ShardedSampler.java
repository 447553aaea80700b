package asl.data;

import asl.data.ImageSource.Share;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which images a batch takes: the epoch's order is a function of seed and epoch alone, cut into global batches; in each,
 * rank r of R takes the places r, r + R, ..., or pairs of them. So R ranks with batches of B / R
 * see together what one rank with B sees, and any position can be gone back to.
 */
public final class ShardedSampler {
    private final Shuffle shuffle;
    private final List<Share> shares;
    private final int[] partStarts;
    private final int draws;
    private final int batchSize;
    private final int rank;
    private final int ranks;
    private final boolean dropLast;
    private final boolean pairs;

    private int[] order = {};
    private int orderEpoch = -1;

    /** Rank of how many processes. */
    public record Place(int rank, int ranks) {}

    /**
     * How an epoch is put in order.
     *
     * @param window 0 = all images at once; else the parts of the source (shards) come in a random order, and the images of
     *     so many parts at a time: fewer files are read from at once, and each is read once an epoch
     */
    public record Shuffle(long seed, int window) {}

    /** A sampler over a source that shuffles all images at once. */
    public ShardedSampler(ImageSource source, long seed, int batchSize, Place place, boolean dropLast) {
        this(source, new Shuffle(seed, 0), batchSize, place, dropLast);
    }

    /**
     * A sampler over a source.
     *
     * @param batchSize per rank
     * @param dropLast leave out the images that do not fill the last global batch; else it is shorter, equally for all
     *     ranks but for the rest of the division
     */
    public ShardedSampler(ImageSource source, Shuffle shuffle, int batchSize, Place place, boolean dropLast) {
        this.shuffle = shuffle;
        this.shares = source.shares();
        this.partStarts = source.partStarts().stream().mapToInt(start -> start).toArray();
        this.draws = shares.stream().mapToInt(Share::draws).sum();
        this.batchSize = batchSize;
        this.rank = place.rank();
        this.ranks = place.ranks();
        this.dropLast = dropLast;
        this.pairs = false;
    }

    private ShardedSampler(ShardedSampler other, boolean pairs) {
        this.shuffle = other.shuffle;
        this.shares = other.shares;
        this.partStarts = other.partStarts;
        this.draws = other.draws;
        this.batchSize = other.batchSize;
        this.rank = other.rank;
        this.ranks = other.ranks;
        this.dropLast = other.dropLast;
        this.pairs = pairs;
    }

    /**
     * The same where images that are mixed stay together: of a global batch of G, rank r takes the pairs of places {@code
     * (i, G - 1 - i)} for i = r, r + R, ..., the first ones forward and then the second ones backward. So the places j and
     * B - 1 - j of its batch are such a pair.
     *
     * @throws IllegalArgumentException if a rank's batch is odd, which would give some more than their share
     */
    public ShardedSampler inPairs() {
        if (ranks > 1 && batchSize % 2 != 0) {
            throw new IllegalArgumentException("a batch of " + batchSize + " images is not of pairs");
        }
        return new ShardedSampler(this, true);
    }

    /** Batches of this rank in an epoch. */
    public long batchesPerEpoch() {
        long global = (long) batchSize * ranks;
        return dropLast ? draws / global : (draws + global - 1) / global;
    }

    /** The images of a batch, by number. */
    public synchronized int[] batch(int epoch, long batch) {
        if (epoch != orderEpoch) {
            order = order(epoch);
            orderEpoch = epoch;
        }
        int start = Math.toIntExact(batch * batchSize * ranks);
        int[] images = places(global(batch));
        for (int i = 0; i < images.length; i++) {
            images[i] = order[start + images[i]];
        }
        return images;
    }

    /** Images of all ranks in a batch of an epoch. */
    private int global(long batch) {
        return (int) Math.min(draws - batch * batchSize * ranks, (long) batchSize * ranks);
    }

    /** This rank's places in a global batch of so many images. */
    private int[] places(int global) {
        if (!pairs) {
            return every(rank, global);
        }
        int[] firsts = every(rank, (global + 1) / 2);
        int[] seconds =
                IntStream.of(every(rank, global / 2)).map(i -> global - 1 - i).toArray();
        int[] both = Arrays.copyOf(firsts, firsts.length + seconds.length);
        for (int i = 0; i < seconds.length; i++) {
            both[both.length - 1 - i] = seconds[i];
        }
        return both;
    }

    /** first, first + R, ... below an end. */
    private int[] every(int first, int end) {
        return IntStream.iterate(first, place -> place < end, place -> place + ranks)
                .toArray();
    }

    /**
     * Images of this rank in a batch of an epoch, relative to an even division among the ranks: 1, but for a last batch
     * that is not full. The mean over ranks of what is weighted so is the mean over the images.
     */
    public double weight(long batch) {
        int global = global(batch);
        return places(global).length * (double) ranks / global;
    }

    private int[] order(int epoch) {
        int[] all = new int[draws];
        int at = 0;
        for (Share share : shares) {
            fill(share, epoch, all, at);
            at += share.draws();
        }
        RandomStream random = RandomStream.of(shuffle.seed(), Purpose.SHUFFLE, epoch);
        if (shuffle.window() == 0) {
            shuffle(all, 0, all.length, random);
            return all;
        }
        return inWindows(all, random);
    }

    /** The images part by part, the parts in a random order, and then each so many parts shuffled among themselves. */
    private int[] inWindows(int[] all, RandomStream random) {
        int[] parts = IntStream.range(0, partStarts.length).toArray();
        shuffle(parts, 0, parts.length, random);
        int[] place = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            place[parts[i]] = i;
        }
        int[] ends = new int[parts.length]; // of the images up to the part in that place
        for (int image : all) {
            ends[place[partOf(image)]]++;
        }
        Arrays.parallelPrefix(ends, Integer::sum);
        int[] next = new int[parts.length];
        System.arraycopy(ends, 0, next, 1, parts.length - 1);
        int[] order = new int[all.length];
        for (int image : all) {
            order[next[place[partOf(image)]]++] = image;
        }
        for (int first = 0; first < parts.length; first += shuffle.window()) {
            int last = Math.min(parts.length, first + shuffle.window()) - 1;
            shuffle(order, first == 0 ? 0 : ends[first - 1], ends[last], random);
        }
        return order;
    }

    private int partOf(int image) {
        int found = Arrays.binarySearch(partStarts, image);
        return found < 0 ? -found - 2 : found;
    }

    /** A share is gone through in passes, each in an order of its own, without regard to where epochs end. */
    private void fill(Share share, int epoch, int[] all, int at) {
        if (share.draws() == share.size()) {
            Arrays.setAll(all, i -> i >= at && i < at + share.size() ? share.start() + i - at : all[i]);
            return;
        }
        int[] pass = new int[share.size()];
        long passNumber = -1;
        for (int i = 0; i < share.draws(); i++) {
            long draw = (long) epoch * share.draws() + i;
            if (draw / share.size() != passNumber) {
                passNumber = draw / share.size();
                Arrays.setAll(pass, image -> share.start() + image);
                shuffle(
                        pass,
                        0,
                        pass.length,
                        RandomStream.of(shuffle.seed(), Purpose.SPLIT, passNumber, share.start()));
            }
            all[at + i] = pass[(int) (draw % share.size())];
        }
    }

    private static void shuffle(int[] values, int from, int to, RandomStream random) {
        for (int i = to - 1; i > from; i--) {
            int j = from + random.nextInt(i - from + 1);
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }
}
