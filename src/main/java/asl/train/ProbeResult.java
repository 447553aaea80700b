package asl.train;

import asl.config.Pool;
import asl.eval.ClassificationScores;

/**
 * What became of one head of a probe, measured on the images that heads are chosen by.
 *
 * @param pool the kind of feature
 * @param blr its base learning rate
 * @param last after the last epoch
 * @param best after the epoch of the highest top-1
 */
public record ProbeResult(Pool pool, double blr, Snapshot last, Snapshot best) {
    /** A head after an epoch, counted from 1. */
    public record Snapshot(int epoch, ClassificationScores scores, LinearHead head) {}
}
