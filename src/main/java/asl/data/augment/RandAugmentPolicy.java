package asl.data.augment;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A RandAugment policy, written as in timm: {@code rand-m9-mstd0.5-inc1}.
 *
 * @param magnitude strength of the operations, {@code m}: 0 to 10, more if {@code maxMagnitude} allows
 * @param operations number of operations per image, {@code n}
 * @param magnitudeStd spread of the magnitude, {@code mstd}; above 100 it is uniform between 0 and the magnitude
 * @param maxMagnitude where a drawn magnitude is cut, {@code mmax}
 * @param increasing whether all operations grow stronger with the magnitude, {@code inc}
 */
public record RandAugmentPolicy(
        double magnitude, int operations, double magnitudeStd, double maxMagnitude, boolean increasing) {
    private static final Pattern SECTION = Pattern.compile("([a-z]+)(\\d+(?:\\.\\d+)?)");
    private static final String FORM =
            "expected rand and any of -m9 (magnitude), -n2 (operations), -mstd0.5, -mmax10, -inc1";

    /** Reads the text form; what it leaves out takes timm's defaults: m10, n2, mstd0, mmax10, inc0. */
    public static RandAugmentPolicy parse(String text) {
        String[] sections = text.split("-", -1);
        if (!sections[0].equals("rand")) {
            throw new IllegalArgumentException("RandAugment policy '" + text + "': " + FORM);
        }
        RandAugmentPolicy policy = new RandAugmentPolicy(10, 2, 0, 10, false);
        for (int i = 1; i < sections.length; i++) {
            Matcher section = SECTION.matcher(sections[i]);
            if (!section.matches()) {
                throw unknown(text, sections[i]);
            }
            policy = policy.with(text, section.group(1), section.group(2));
        }
        return policy;
    }

    private RandAugmentPolicy with(String text, String key, String value) {
        double number = Double.parseDouble(value);
        boolean whole = number == Math.rint(number);
        return switch (key) {
            case "m" -> new RandAugmentPolicy(number, operations, magnitudeStd, maxMagnitude, increasing);
            case "mstd" -> new RandAugmentPolicy(magnitude, operations, number, maxMagnitude, increasing);
            case "mmax" -> new RandAugmentPolicy(magnitude, operations, magnitudeStd, number, increasing);
            case "n" -> {
                if (!whole) {
                    throw unknown(text, key + value);
                }
                yield new RandAugmentPolicy(magnitude, (int) number, magnitudeStd, maxMagnitude, increasing);
            }
            case "inc" -> {
                if (number != 0 && number != 1) {
                    throw unknown(text, key + value);
                }
                yield new RandAugmentPolicy(magnitude, operations, magnitudeStd, maxMagnitude, number == 1);
            }
            default -> throw unknown(text, key + value);
        };
    }

    private static IllegalArgumentException unknown(String text, String section) {
        return new IllegalArgumentException(
                "RandAugment policy '" + text + "': section '" + section + "' is unknown; " + FORM);
    }
}
