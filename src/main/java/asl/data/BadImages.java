package asl.data;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The images that could not be read: each is named once, and too large a share of them ends the run. Thread-safe. */
final class BadImages {
    /** Fewer images than this say nothing of the share. */
    private static final int FEWEST = 50;

    private static final int NAMED = 3;

    private final double maxShare;
    private final int total;
    private final Consumer<String> listener;
    private final BitSet seen = new BitSet();
    private final Map<Integer, String> bad = new LinkedHashMap<>();

    /**
     * An empty record.
     *
     * @param listener told of every bad image once, in one line
     */
    BadImages(double maxShare, int total, Consumer<String> listener) {
        this.maxShare = maxShare;
        this.total = total;
        this.listener = listener;
    }

    synchronized void good(int index) {
        seen.set(index);
    }

    /** Records a bad image; throws once there are too many. */
    synchronized void bad(int index, String name, String reason) {
        seen.set(index);
        if (bad.putIfAbsent(index, name) == null) {
            listener.accept("skipped " + name + ": " + reason);
        }
        int enough = Math.min(FEWEST, total);
        if (seen.cardinality() >= enough && bad.size() > maxShare * seen.cardinality()) {
            throw new TooManyBadImagesException(bad.size() + " of " + seen.cardinality()
                    + " images could not be read, more than data.max_bad_share: " + maxShare + " allows; the first: "
                    + bad.values().stream().limit(NAMED).collect(Collectors.joining(", ")));
        }
    }

    synchronized int count() {
        return bad.size();
    }
}
