package asl.data.augment;

import asl.data.image.RawImage;
import asl.random.RandomStream;
import java.util.List;

/**
 * RandAugment (Cubuk et al. 2020) as timm runs it: a few operations drawn with replacement, each applied with
 * probability one half at a magnitude drawn around the policy's.
 */
public final class RandAugment {
    /** Probability that a drawn operation is applied at all. */
    private static final double PROBABILITY = 0.5;

    private static final double UNIFORM_STD = 100;

    /**
     * How operations that move pixels read between them. timm draws one of the two unless the recipe names one; MAE's
     * names bicubic.
     */
    public enum Resampling {
        BILINEAR,
        BICUBIC,
        RANDOM
    }

    private final RandAugmentPolicy policy;
    private final List<AugmentOp> operations;
    private final Resampling resampling;
    private final AffineOps bilinear;
    private final AffineOps bicubic;

    /** @param fill colour of what is moved in from outside, one value per channel in 0..255: timm takes the mean */
    public RandAugment(RandAugmentPolicy policy, Resampling resampling, int... fill) {
        this.policy = policy;
        this.operations = AugmentOp.set(policy.increasing());
        this.resampling = resampling;
        byte[] colour = new byte[fill.length];
        for (int i = 0; i < fill.length; i++) {
            colour[i] = (byte) fill[i];
        }
        this.bilinear = new AffineOps(AffineOps.Filter.BILINEAR, colour);
        this.bicubic = new AffineOps(AffineOps.Filter.BICUBIC, colour);
    }

    /** An augmented image of the same size; the same stream gives the same image. */
    public RawImage apply(RawImage image, RandomStream random) {
        RawImage augmented = image;
        for (int i = 0; i < policy.operations(); i++) {
            AugmentOp operation = operations.get(random.nextInt(operations.size()));
            if (random.nextDouble() < PROBABILITY) {
                double argument = operation.argument(magnitude(random), random);
                augmented = operation.apply(augmented, argument, affine(random));
            }
        }
        return augmented;
    }

    /** Normal about the policy's magnitude, or uniform up to it; cut to 0..maxMagnitude. */
    double magnitude(RandomStream random) {
        double magnitude = policy.magnitude();
        if (policy.magnitudeStd() > UNIFORM_STD) {
            magnitude = random.nextDouble(0, magnitude);
        } else if (policy.magnitudeStd() > 0) {
            magnitude += policy.magnitudeStd() * random.nextGaussian();
        }
        return Math.max(0, Math.min(policy.maxMagnitude(), magnitude));
    }

    private AffineOps affine(RandomStream random) {
        return switch (resampling) {
            case BILINEAR -> bilinear;
            case BICUBIC -> bicubic;
            case RANDOM -> random.nextDouble() < 0.5 ? bilinear : bicubic;
        };
    }
}
