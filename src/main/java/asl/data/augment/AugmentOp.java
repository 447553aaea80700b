package asl.data.augment;

import asl.data.image.RawImage;
import asl.random.RandomStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The operations of timm's RandAugment and what a magnitude of 0 to 10 means to each. Those named {@code INCREASING}
 * grow stronger with the magnitude; their plain forms take other ranges, as in timm.
 */
enum AugmentOp {
    AUTO_CONTRAST,
    EQUALIZE,
    INVERT,
    ROTATE,
    POSTERIZE,
    POSTERIZE_INCREASING,
    SOLARIZE,
    SOLARIZE_INCREASING,
    SOLARIZE_ADD,
    COLOR,
    COLOR_INCREASING,
    CONTRAST,
    CONTRAST_INCREASING,
    BRIGHTNESS,
    BRIGHTNESS_INCREASING,
    SHARPNESS,
    SHARPNESS_INCREASING,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X_REL,
    TRANSLATE_Y_REL;

    private static final Set<AugmentOp> INCREASING = EnumSet.of(
            POSTERIZE_INCREASING,
            SOLARIZE_INCREASING,
            COLOR_INCREASING,
            CONTRAST_INCREASING,
            BRIGHTNESS_INCREASING,
            SHARPNESS_INCREASING);

    private static final Set<AugmentOp> PLAIN = EnumSet.of(POSTERIZE, SOLARIZE, COLOR, CONTRAST, BRIGHTNESS, SHARPNESS);

    /** The 15 operations of {@code inc1}, or those of {@code inc0}. */
    static List<AugmentOp> set(boolean increasing) {
        EnumSet<AugmentOp> set = EnumSet.allOf(AugmentOp.class);
        set.removeAll(increasing ? PLAIN : INCREASING);
        return List.copyOf(set);
    }

    /**
     * What the operation takes at this magnitude: degrees, shares, bits, a threshold or a blend factor; 0 if it takes
     * none. Signs are drawn from {@code random}.
     */
    double argument(double magnitude, RandomStream random) {
        double level = magnitude / 10;
        return switch (this) {
            case AUTO_CONTRAST, EQUALIZE, INVERT -> 0;
            case ROTATE -> signed(level * 30, random);
            case POSTERIZE -> Math.floor(level * 4);
            case POSTERIZE_INCREASING -> 4 - Math.floor(level * 4);
            case SOLARIZE -> Math.floor(level * 256);
            case SOLARIZE_INCREASING -> 256 - Math.floor(level * 256);
            case SOLARIZE_ADD -> Math.floor(level * 110);
            case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS -> level * 1.8 + 0.1;
            case COLOR_INCREASING, CONTRAST_INCREASING, BRIGHTNESS_INCREASING, SHARPNESS_INCREASING ->
                Math.max(0.1, 1 + signed(level * 0.9, random));
            case SHEAR_X, SHEAR_Y -> signed(level * 0.3, random);
            case TRANSLATE_X_REL, TRANSLATE_Y_REL -> signed(level * 0.45, random);
        };
    }

    /** The image changed by the operation; {@code affine} does those that move pixels. */
    RawImage apply(RawImage image, double argument, AffineOps affine) {
        return switch (this) {
            case AUTO_CONTRAST -> PointOps.autoContrast(image);
            case EQUALIZE -> PointOps.equalize(image);
            case INVERT -> PointOps.invert(image);
            case ROTATE -> affine.rotate(image, argument);
            case POSTERIZE, POSTERIZE_INCREASING -> PointOps.posterize(image, (int) argument);
            case SOLARIZE, SOLARIZE_INCREASING -> PointOps.solarize(image, (int) argument);
            case SOLARIZE_ADD -> PointOps.solarizeAdd(image, (int) argument);
            case COLOR, COLOR_INCREASING -> EnhanceOps.color(image, (float) argument);
            case CONTRAST, CONTRAST_INCREASING -> EnhanceOps.contrast(image, (float) argument);
            case BRIGHTNESS, BRIGHTNESS_INCREASING -> EnhanceOps.brightness(image, (float) argument);
            case SHARPNESS, SHARPNESS_INCREASING -> EnhanceOps.sharpness(image, (float) argument);
            case SHEAR_X -> affine.shearX(image, argument);
            case SHEAR_Y -> affine.shearY(image, argument);
            case TRANSLATE_X_REL -> affine.translateX(image, argument);
            case TRANSLATE_Y_REL -> affine.translateY(image, argument);
        };
    }

    private static double signed(double value, RandomStream random) {
        return random.nextDouble() < 0.5 ? value : -value;
    }
}
