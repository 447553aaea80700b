package asl.data.pack;

import asl.data.ImageSource;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Which image goes into which shard, and how: all that the bytes of the shards follow from, beside the images. */
final class PackPlan {
    private final ImageSource source;
    private final PackOptions options;
    private final int[] order;

    PackPlan(ImageSource source, PackOptions options) {
        this.source = source;
        this.options = options;
        this.order = new int[source.size()];
        Arrays.setAll(order, i -> i);
        if (options.shuffled()) {
            RandomStream random = RandomStream.of(options.seed(), Purpose.SHUFFLE);
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int last = order[i];
                order[i] = order[j];
                order[j] = last;
            }
        }
    }

    PackOptions options() {
        return options;
    }

    int images() {
        return order.length;
    }

    int shards() {
        return (order.length + options.shardSize() - 1) / options.shardSize();
    }

    /** Numbers of the images of a shard, in its order. */
    int[] images(int shard) {
        int from = shard * options.shardSize();
        return Arrays.copyOfRange(order, from, Math.min(order.length, from + options.shardSize()));
    }

    /** Everything that must agree for a pack to be gone on with, as YAML. */
    String manifest() {
        String resize = options.shortSide() == 0
                ? "short_side: 0                # images as they are\n"
                : "short_side: " + options.shortSide() + "\nquality: " + options.quality() + "\n";
        return "# What these shards were made of; asl data pack goes on with them only if all of this agrees.\n"
                + "source: \"" + Json.escape(source.describe()) + "\"\n"
                + "images: " + images() + "\n"
                + "shard_size: " + options.shardSize() + "\n"
                + resize
                + "order: " + (options.shuffled() ? "random, seed " + options.seed() : "the source's") + "\n"
                + "names_and_labels: " + fingerprint() + "\n";
    }

    /** SHA-256 over paths and labels of all images. */
    private String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < source.size(); i++) {
                digest.update((source.key(i) + "\t" + source.label(i) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
