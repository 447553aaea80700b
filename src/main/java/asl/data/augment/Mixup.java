package asl.data.augment;

import asl.random.RandomStream;

/**
 * Mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019) of a whole batch, as timm's batch mode: image i is mixed with
 * image B - 1 - i (the batch flipped), one weight and one box for all, and the targets in the same proportion.
 *
 * @param mixupAlpha Beta(a, a) of the mixup weight; 0 = no mixup
 * @param cutmixAlpha Beta(a, a) of the cutmix weight; 0 = no cutmix
 * @param probability that a batch is mixed at all
 * @param switchProbability that cutmix is taken where both are on
 * @param smoothing label smoothing, inside the targets
 */
public record Mixup(
        double mixupAlpha, double cutmixAlpha, double probability, double switchProbability, double smoothing) {
    /** No mixing: smoothed targets only. */
    public static Mixup off(double smoothing) {
        return new Mixup(0, 0, 0, 0, smoothing);
    }

    /**
     * How a batch is mixed: {@code out = lambda * x + (1 - lambda) * flip(x)}, or, with a box, {@code x} with the box
     * taken from {@code flip(x)}; {@code lambda} is then the share of the area outside the box.
     */
    public record Mix(double lambda, Box box) {
        /** Whether images change at all. */
        public boolean mixes() {
            return lambda < 1;
        }

        public boolean isCutmix() {
            return box.area() > 0;
        }
    }

    /** Draws how the next batch of images of this size is mixed. */
    public Mix draw(int height, int width, RandomStream random) {
        if (random.nextDouble() >= probability || (mixupAlpha <= 0 && cutmixAlpha <= 0)) {
            return new Mix(1, Box.NONE);
        }
        boolean cutmix = cutmixAlpha > 0 && (mixupAlpha <= 0 || random.nextDouble() < switchProbability);
        if (!cutmix) {
            return new Mix(beta(mixupAlpha, random), Box.NONE);
        }
        Box box = box(height, width, beta(cutmixAlpha, random), random);
        return new Mix(1 - box.area() / (double) (height * width), box);
    }

    /**
     * Soft targets [B, classes], rows first: {@code lambda} of the smoothed one-hot of an image's own label and {@code 1
     * - lambda} of its partner's. Each row sums to 1.
     */
    public float[] targets(int[] labels, int classes, double lambda) {
        double off = smoothing / classes;
        double on = 1 - smoothing;
        float[] targets = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            int row = i * classes;
            int own = row + labels[i];
            int partner = row + labels[labels.length - 1 - i];
            for (int j = row; j < row + classes; j++) {
                double weight = (j == own ? lambda : 0) + (j == partner ? 1 - lambda : 0);
                targets[j] = (float) (off + on * weight);
            }
        }
        return targets;
    }

    /** A box of about {@code 1 - lambda} of the area about a point drawn anywhere, cut at the borders. */
    private static Box box(int height, int width, double lambda, RandomStream random) {
        double ratio = Math.sqrt(1 - lambda);
        int halfHeight = (int) (height * ratio) / 2;
        int halfWidth = (int) (width * ratio) / 2;
        int y = random.nextInt(height);
        int x = random.nextInt(width);
        return new Box(
                Math.max(0, y - halfHeight),
                Math.min(height, y + halfHeight),
                Math.max(0, x - halfWidth),
                Math.min(width, x + halfWidth));
    }

    /** Beta(a, a) as a ratio of two gamma variates. */
    static double beta(double alpha, RandomStream random) {
        double first = logGamma(alpha, random);
        double second = logGamma(alpha, random);
        return 1 / (1 + Math.exp(second - first));
    }

    /**
     * Logarithm of a Gamma(shape, 1) variate: Marsaglia and Tsang's method for shape + 1, scaled down by U^(1/shape);
     * logarithms, because at a small shape most of the variates themselves would be 0.
     */
    private static double logGamma(double shape, RandomStream random) {
        double d = shape + 1 - 1 / 3.0;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double cube = Math.pow(1 + c * normal, 3);
            double uniform = 1 - random.nextDouble();
            if (cube > 0 && Math.log(uniform) < 0.5 * normal * normal + d * (1 - cube + Math.log(cube))) {
                return Math.log(d * cube) + Math.log(1 - random.nextDouble()) / shape;
            }
        }
    }
}
