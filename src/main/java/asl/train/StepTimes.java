package asl.train;

import asl.config.RunConfig.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** How long steps took, one entry a step. */
public record StepTimes(Subject subject, List<Phases> steps) {
    /**
     * What was measured.
     *
     * @param kind none, dle, aee or peer
     * @param batch images per step
     * @param flops floating-point operations per step; 0 where they are not known
     */
    public record Subject(String kind, Precision precision, int batch, double flops) {
        /** Such as {@code aee bf16}. */
        public String name() {
            return kind + " " + precision.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The parts of one step, in nanoseconds.
     *
     * @param optimizer norm, clip and update; 0 where there is none
     * @param rest images and masks to the device, and what Java does between the calls
     */
    public record Phases(long forward, long backward, long optimizer, long rest) {
        public long total() {
            return forward + backward + optimizer + rest;
        }

        /** What a peer without an optimizer is to be compared with. */
        public long passes() {
            return forward + backward;
        }
    }

    /** Smallest, middle and largest of some figures. */
    public record Spread(double min, double median, double max) {
        /** The middle one is the lower of two. */
        public static Spread of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return new Spread(sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
        }
    }

    /** Seconds a step. */
    public Spread seconds() {
        return Spread.of(steps.stream().mapToDouble(step -> step.total() / 1e9).toArray());
    }

    /** Part of the whole time, 0 to 1. */
    public double share(ToLongFunction<Phases> phase) {
        return steps.stream().mapToLong(phase).sum()
                / (double) steps.stream().mapToLong(Phases::total).sum();
    }

    /** This one's times over another's, step by step, so that what slowed both down cancels out. */
    public Spread over(StepTimes other, ToLongFunction<Phases> phase) {
        double[] ratios = new double[steps.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = phase.applyAsLong(steps.get(i)) / (double) phase.applyAsLong(other.steps.get(i));
        }
        return Spread.of(ratios);
    }
}
