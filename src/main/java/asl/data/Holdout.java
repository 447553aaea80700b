package asl.data;

import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A part of the training images set aside to select on, so that the test images need not be looked at before the end: the
 * same share of every class, the same images for the same seed.
 *
 * @param train indices that stay, ascending
 * @param held indices set aside, ascending
 */
public record Holdout(List<Integer> train, List<Integer> held) {
    /**
     * Splits by label.
     *
     * @param labels one per image
     * @param share of each class to set aside, rounded, but at least one image of a class of two or more, and never all
     * @throws IllegalArgumentException if the share is not between 0 and 1, or nothing could be set aside
     */
    public static Holdout split(int[] labels, double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("holdout " + share + " must be a share between 0 and 1, such as 0.1");
        }
        Map<Integer, List<Integer>> byLabel = new TreeMap<>();
        for (int i = 0; i < labels.length; i++) {
            byLabel.computeIfAbsent(labels[i], label -> new ArrayList<>()).add(i);
        }
        List<Integer> train = new ArrayList<>();
        List<Integer> held = new ArrayList<>();
        byLabel.forEach((label, members) -> {
            shuffle(members, RandomStream.of(seed, Purpose.SPLIT, label));
            int out = Math.max(1, (int) Math.round(share * members.size()));
            int cut = Math.min(out, members.size() - 1);
            held.addAll(members.subList(0, cut));
            train.addAll(members.subList(cut, members.size()));
        });
        if (held.isEmpty()) {
            throw new IllegalArgumentException(
                    "holdout " + share + ": every class has a single image, so none can be set aside");
        }
        return new Holdout(
                train.stream().sorted().toList(), held.stream().sorted().toList());
    }

    private static void shuffle(List<Integer> members, RandomStream random) {
        for (int i = members.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Integer last = members.get(i);
            members.set(i, members.get(j));
            members.set(j, last);
        }
    }
}
