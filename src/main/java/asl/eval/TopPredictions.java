package asl.eval;

import java.util.List;
import java.util.stream.IntStream;

/** The most likely classes of an image, most likely first. */
public record TopPredictions(List<Guess> guesses) {
    /** A class and its probability, 0 to 1. */
    public record Guess(String label, double probability) {}

    /**
     * The {@code k} largest softmax probabilities; all where there are fewer classes.
     *
     * @param logits one per class, from {@code offset} on
     */
    public static TopPredictions of(float[] logits, int offset, List<String> classes, int k) {
        int count = classes.size();
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, logits[offset + i]);
        }
        double[] weights = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = Math.exp(logits[offset + i] - highest);
            sum += weights[i];
        }
        double total = sum;
        return new TopPredictions(IntStream.range(0, count)
                .boxed()
                .sorted((a, b) -> Double.compare(weights[b], weights[a]))
                .limit(k)
                .map(i -> new Guess(classes.get(i), weights[i] / total))
                .toList());
    }
}
