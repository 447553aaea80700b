package asl.data;

import asl.data.ImageSource.Share;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Arrays;
import java.util.List;

/**
 * Which images a batch takes: the epoch's order is a function of seed and epoch alone, cut into global batches; in each,
 * rank r of R takes the places r, r + R, ... So R ranks with batches of B / R see together what one rank with B sees, and
 * any position can be gone back to.
 */
public final class ShardedSampler {
    private final long seed;
    private final List<Share> shares;
    private final int draws;
    private final int batchSize;
    private final int rank;
    private final int ranks;
    private final boolean dropLast;

    private int[] order = {};
    private int orderEpoch = -1;

    /** Rank of how many processes. */
    public record Place(int rank, int ranks) {}

    /**
     * A sampler over a source.
     *
     * @param batchSize per rank
     * @param dropLast leave out the images that do not fill the last global batch; else it is shorter, equally for all
     *     ranks but for the rest of the division
     */
    public ShardedSampler(ImageSource source, long seed, int batchSize, Place place, boolean dropLast) {
        this.seed = seed;
        this.shares = source.shares();
        this.draws = shares.stream().mapToInt(Share::draws).sum();
        this.batchSize = batchSize;
        this.rank = place.rank();
        this.ranks = place.ranks();
        this.dropLast = dropLast;
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
        int global = batchSize * ranks;
        int start = Math.toIntExact(batch * global);
        int end = Math.min(draws, start + global);
        int[] images = new int[(end - start - rank + ranks - 1) / ranks];
        for (int i = 0; i < images.length; i++) {
            images[i] = order[start + rank + i * ranks];
        }
        return images;
    }

    private int[] order(int epoch) {
        int[] all = new int[draws];
        int at = 0;
        for (Share share : shares) {
            fill(share, epoch, all, at);
            at += share.draws();
        }
        shuffle(all, RandomStream.of(seed, Purpose.SHUFFLE, epoch));
        return all;
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
                shuffle(pass, RandomStream.of(seed, Purpose.SPLIT, passNumber, share.start()));
            }
            all[at + i] = pass[(int) (draw % share.size())];
        }
    }

    private static void shuffle(int[] values, RandomStream random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }
}
