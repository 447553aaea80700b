package asl.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Guesses which known key an unknown one was meant to be. */
final class NearestKey {
    /** What it costs to look in another section than the one the key was written in. */
    private static final int OTHER_SECTION = 1;

    /** A key that begins as another does, such as optimizer and optim, is one edit away from it. */
    private static final int SHORTEST_PREFIX = 4;

    private NearestKey() {}

    /** The known dotted path nearest to {@code unknown}, by edits of its last part, if any is near enough. */
    static Optional<String> of(String unknown, List<String> known) {
        int limit = 1 + plain(leaf(unknown)).length() / 4;
        return known.stream()
                .filter(key -> distance(unknown, key) <= limit)
                .min(Comparator.comparingInt(key -> distance(unknown, key)));
    }

    private static int distance(String unknown, String key) {
        String written = plain(leaf(unknown));
        String meant = plain(leaf(key));
        boolean cut = written.length() >= SHORTEST_PREFIX
                && meant.length() >= SHORTEST_PREFIX
                && (written.startsWith(meant) || meant.startsWith(written));
        int edits = cut ? Math.min(1, Math.abs(written.length() - meant.length())) : edits(written, meant);
        return section(unknown).equals(section(key)) ? edits : edits + OTHER_SECTION;
    }

    private static String leaf(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static String section(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    /** Makes {@code batchSize}, {@code batch-size} and {@code batch_size} one. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /** Edit distance in which swapping two neighbours counts as one edit. */
    private static int edits(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
