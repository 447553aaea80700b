package asl.log;

import java.util.Locale;

/** How a figure is shown to people, by its name; {@code compact} is for narrow terminals. */
enum FigureFormat {
    LOSS("%s %.4f", "%s %.3f"),
    /** In scientific form: a rate in warm-up would read as 0.0000. */
    LEARNING_RATE("%s %.2e", "%s %.1e"),
    IMAGES_PER_SECOND("%2$.0f images/s", "%2$.0f/s"),
    DATA_WAIT("data wait %2$.0f%%", "wait %2$.0f%%"),
    OTHER("%s %.4g", "%s %.3g");

    private final String full;
    private final String compact;

    FigureFormat(String full, String compact) {
        this.full = full;
        this.compact = compact;
    }

    static String full(String name, double value) {
        FigureFormat format = of(name);
        return String.format(Locale.ROOT, format.full, name, format.shown(value));
    }

    static String compact(String name, double value) {
        FigureFormat format = of(name);
        String shortName = name.startsWith("loss_") ? name.substring("loss_".length()) : name;
        return String.format(Locale.ROOT, format.compact, shortName, format.shown(value));
    }

    private double shown(double value) {
        return this == DATA_WAIT ? 100 * value : value;
    }

    private static FigureFormat of(String name) {
        return switch (name) {
            case "loss", "loss_mae", "loss_sem" -> LOSS;
            case "lr" -> LEARNING_RATE;
            case "images_per_second" -> IMAGES_PER_SECOND;
            case "data_wait" -> DATA_WAIT;
            default -> OTHER;
        };
    }
}
