package asl.eval;

import java.util.Arrays;

/**
 * Counts of right and wrong answers over a data set: top-1, top-5, cross-entropy and who was taken for whom. Ranks score
 * their own share of the images and add up {@link #sums()}.
 */
public final class ClassificationScores {
    private static final int TOP_K = 5;

    private final int classes;
    private final long[][] confusion;
    private long topK;
    private double loss;

    public ClassificationScores(int classes) {
        this.classes = classes;
        this.confusion = new long[classes][classes];
    }

    /** The scores whose {@link #sums()} were added up. */
    public static ClassificationScores ofSums(int classes, double[] sums) {
        ClassificationScores scores = new ClassificationScores(classes);
        for (int i = 0; i < classes * classes; i++) {
            scores.confusion[i / classes][i % classes] = Math.round(sums[i]);
        }
        scores.topK = Math.round(sums[classes * classes]);
        scores.loss = sums[classes * classes + 1];
        return scores;
    }

    /**
     * Scores a batch; a logit that is not a number counts as wrong.
     *
     * @param logits [B, classes], rows first
     * @param labels [B], 0 to classes - 1
     */
    public void add(float[] logits, int[] labels) {
        for (int i = 0; i < labels.length; i++) {
            addOne(logits, i * classes, labels[i]);
        }
    }

    private void addOne(float[] logits, int row, int label) {
        int best = 0;
        for (int j = 1; j < classes; j++) {
            if (logits[row + j] > logits[row + best] || Float.isNaN(logits[row + best])) {
                best = j;
            }
        }
        float own = logits[row + label];
        int rank = 0;
        double sum = 0;
        for (int j = 0; j < classes; j++) {
            float other = logits[row + j];
            rank += other > own || (other == own && j < label) ? 1 : 0;
            sum += Math.exp(other - (double) logits[row + best]);
        }
        confusion[label][best]++;
        topK += rank < TOP_K && !Float.isNaN(own) ? 1 : 0;
        loss += logits[row + best] + Math.log(sum) - own;
    }

    /** Images scored. */
    public long count() {
        return Arrays.stream(confusion).flatMapToLong(Arrays::stream).sum();
    }

    /** Share of the images whose first answer is right, 0 to 1; not a number where there are none. */
    public double top1() {
        long right = 0;
        for (int i = 0; i < classes; i++) {
            right += confusion[i][i];
        }
        return (double) right / count();
    }

    /** Share of the images whose label is among the first five answers. */
    public double top5() {
        return (double) topK / count();
    }

    /** Mean cross-entropy, without label smoothing. */
    public double loss() {
        return loss / count();
    }

    /** Share of the images of each class that were recognised; not a number for a class without images. */
    public double[] perClass() {
        double[] recall = new double[classes];
        Arrays.setAll(
                recall,
                i -> (double) confusion[i][i] / Arrays.stream(confusion[i]).sum());
        return recall;
    }

    /** Counts [label][answer]. */
    public long[][] confusion() {
        long[][] copy = new long[classes][];
        Arrays.setAll(copy, i -> confusion[i].clone());
        return copy;
    }

    /** All counts in one row, to be added up over ranks. */
    public double[] sums() {
        double[] sums = new double[classes * classes + 2];
        for (int i = 0; i < classes * classes; i++) {
            sums[i] = confusion[i / classes][i % classes];
        }
        sums[classes * classes] = topK;
        sums[classes * classes + 1] = loss;
        return sums;
    }
}
