package asl.data.pack;

/**
 * How to pack.
 *
 * @param shardSize images in a shard, those that cannot be read included
 * @param shortSide images whose shorter side is longer than this are resized to it and encoded anew; 0 = never
 * @param quality of those images' JPEG, 1 to 100
 * @param shuffled whether images come in a random order rather than the source's
 * @param seed of that order
 */
public record PackOptions(int shardSize, int shortSide, int quality, boolean shuffled, long seed) {
    public PackOptions {
        if (shardSize < 1 || shortSide < 0 || quality < 1 || quality > 100) {
            throw new IllegalArgumentException("shards of " + shardSize + " images, short side " + shortSide
                    + ", quality " + quality + ": out of range");
        }
    }
}
