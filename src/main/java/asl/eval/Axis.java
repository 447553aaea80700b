package asl.eval;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One axis of a chart: the range it shows and where its marks stand.
 *
 * @param min value at its beginning
 * @param max value at its end
 * @param log whether equal lengths are equal ratios
 */
record Axis(double min, double max, boolean log) {
    /** Decades up to which marks stand at 2 and 5 too. */
    private static final double FEW_DECADES = 2;

    /** An axis that holds all finite values, positive ones only where it is logarithmic. */
    static Axis fit(DoubleStream values, boolean log) {
        double[] shown =
                values.filter(v -> Double.isFinite(v) && (!log || v > 0)).toArray();
        double min = DoubleStream.of(shown).min().orElse(log ? 0.1 : 0);
        double max = DoubleStream.of(shown).max().orElse(1);
        if (min < max) {
            return new Axis(min, max, log);
        }
        return log ? new Axis(min / 2, min * 2, true) : new Axis(min - 0.5, min + 0.5, false);
    }

    /** This axis, widened on both ends by a share of its length. */
    Axis padded(double share) {
        double margin = share * (scaled(max) - scaled(min));
        return new Axis(unscaled(scaled(min) - margin), unscaled(scaled(max) + margin), log);
    }

    /** Where a value lies: 0 at the beginning of the axis, 1 at its end. */
    double position(double value) {
        return (scaled(value) - scaled(min)) / (scaled(max) - scaled(min));
    }

    /** Round values along the axis, about {@code wanted} of them, at steps of 1, 2 or 5 times a power of ten. */
    List<Double> marks(int wanted) {
        return log && scaled(max) - scaled(min) > 0.5 ? logMarks() : linearMarks(wanted);
    }

    /** A mark as text, as short as it can be. */
    static String label(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= 1e6)) {
            return String.format(Locale.ROOT, "%.1e", value).replace(".0e", "e").replaceAll("e([+-])0", "e$1");
        }
        BigDecimal rounded = new BigDecimal(value, new MathContext(6)).stripTrailingZeros();
        return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }

    private List<Double> linearMarks(int wanted) {
        double rough = (max - min) / wanted;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        List<Double> marks = new ArrayList<>();
        for (long i = (long) Math.ceil(min / step); i * step <= max; i++) {
            marks.add(i * step);
        }
        return marks;
    }

    private List<Double> logMarks() {
        double decades = scaled(max) - scaled(min);
        double[] digits = decades <= FEW_DECADES ? new double[] {1, 2, 5} : new double[] {1};
        List<Double> marks = new ArrayList<>();
        for (int power = (int) Math.floor(scaled(min)); power <= scaled(max); power++) {
            for (double digit : digits) {
                double mark = digit * Math.pow(10, power);
                if (mark >= min && mark <= max) {
                    marks.add(mark);
                }
            }
        }
        return marks;
    }

    private double scaled(double value) {
        return log ? Math.log10(value) : value;
    }

    private double unscaled(double value) {
        return log ? Math.pow(10, value) : value;
    }
}
