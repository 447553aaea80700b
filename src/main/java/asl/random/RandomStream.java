package asl.random;

/**
 * A small counter-based random generator (SplitMix64) keyed by what is known: a seed, a purpose and any number of keys.
 *
 * <p>Masks, crops, flips and initial weights are drawn from streams keyed by (seed, epoch, sample) or (seed, name), so
 * that neither the rank, nor the worker thread, nor a resume changes them. The state is a single {@code long}.
 */
public final class RandomStream {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    private RandomStream(long state) {
        this.state = state;
    }

    /** The stream of the given seed, purpose and keys; equal arguments give equal streams. */
    public static RandomStream of(long seed, Purpose purpose, long... keys) {
        long state = mix(seed + GAMMA);
        state = mix(state ^ mix(purpose.salt + GAMMA));
        for (long key : keys) {
            state = mix((state + GAMMA) ^ mix(key));
        }
        return new RandomStream(state);
    }

    /** A 64-bit key of a name, for streams keyed by text (FNV-1a). */
    public static long key(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [0, 1), 24 bits. */
    public float nextFloat() {
        return (nextLong() >>> 40) * 0x1.0p-24f;
    }

    /** Uniform in [low, high). */
    public double nextDouble(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** Uniform in [0, bound); the bias of at most bound / 2^63 is of no account here. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, not " + bound);
        }
        return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
    }

    /** Standard normal (Box-Muller, one value per call). */
    public double nextGaussian() {
        double radius = Math.sqrt(-2 * Math.log(1 - nextDouble()));
        return radius * Math.cos(2 * Math.PI * nextDouble());
    }

    /** The finaliser of SplitMix64 (Stafford's variant 13). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** What a stream is for; streams of different purposes are independent at equal keys. */
    public enum Purpose {
        INIT(1),
        SHUFFLE(2),
        CROP(3),
        MASK(4),
        DROPOUT(5),
        AUGMENT(6),
        MIXUP(7),
        DROP_PATH(8),
        SPLIT(9),
        ENGINE(10);

        private final long salt;

        Purpose(long salt) {
            this.salt = salt;
        }
    }
}
