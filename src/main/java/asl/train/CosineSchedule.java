package asl.train;

/**
 * Linear warm-up from 0, then half a cosine down to {@code minLr}: MAE's schedule (RECIPES: {@code lr_sched}), a pure
 * function of the fractional epoch, so that a resume, another step size or gradient accumulation cannot shift it.
 *
 * @param lr the peak, reached when the warm-up ends
 * @param minLr reached at the end of the run; stays there afterwards
 * @param warmupEpochs length of the warm-up; 0 starts at the peak
 * @param epochs length of the run, warm-up included
 */
public record CosineSchedule(double lr, double minLr, double warmupEpochs, double epochs) {
    public CosineSchedule {
        if (!(lr >= 0) || !(minLr >= 0) || !(warmupEpochs >= 0) || !(epochs > 0)) {
            throw new IllegalArgumentException("lr " + lr + ", min_lr " + minLr + ", warmup_epochs " + warmupEpochs
                    + ", epochs " + epochs + ": none may be negative and epochs must be positive");
        }
    }

    /** The learning rate at a fractional epoch: {@code epoch + step / stepsPerEpoch}, counted from 0. */
    public double at(double epoch) {
        if (epoch < warmupEpochs) {
            return lr * epoch / warmupEpochs;
        }
        if (epoch >= epochs) {
            return minLr;
        }
        double progress = (epoch - warmupEpochs) / (epochs - warmupEpochs);
        return minLr + (lr - minLr) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
}
