package asl.train;

import asl.config.ConfigException;
import asl.config.FinetuneConfig;
import asl.config.TrainPlan;
import asl.config.Weights;
import asl.data.LabelledData;
import asl.eval.ModelChoice;
import asl.eval.PretrainedWeights;
import asl.model.ClassifierSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a fine-tuning would be, without an engine, and as far as weights and data are there. */
public final class FinetunePreview {
    private FinetunePreview() {}

    /** Model, cost, data and schedule in lines for people; what is not there is named. */
    public static List<String> lines(FinetuneConfig config) throws IOException {
        Finetuning.requireSupported(config);
        List<String> lines = new ArrayList<>();
        int classes = config.classifier().classes();
        List<String> schedule = new ArrayList<>();
        try (LabelledData data = LabelledData.open(config.data(), classes)) {
            classes = data.classNames().size();
            double share = config.classifier().holdout();
            LabelledData sets = share > 0 ? data.setAside(share, config.seed()) : data;
            schedule.add("data         " + sets.train().describe() + "; " + classes + " classes");
            schedule.add("measured on  " + sets.val().describe());
            schedule.add(
                    TrainPlan.of(config.train(), config.optim(), 1, sets.train().size())
                            .line());
        } catch (ConfigException e) {
            schedule.add("data         not there, so no schedule: " + e.getMessage());
        }
        lines.addAll(model(config, classes));
        lines.addAll(schedule);
        return lines;
    }

    private static List<String> model(FinetuneConfig config, int classes) throws IOException {
        List<String> lines = new ArrayList<>();
        try {
            Optional<Path> path = Weights.path(config.weights());
            ModelChoice choice;
            if (path.isPresent()) {
                try (PretrainedWeights weights = PretrainedWeights.open(path.get())) {
                    choice = ModelChoice.of(config.model(), config.data(), Optional.of(weights));
                    lines.add("weights      " + weights.path());
                }
            } else {
                choice = ModelChoice.of(config.model(), config.data(), Optional.empty());
                lines.add("weights      random, of seed " + config.seed());
            }
            lines.addAll(ClassifierSummary.of(
                            choice.model(),
                            classes,
                            config.train(),
                            config.engine().precision())
                    .lines());
        } catch (ConfigException e) {
            lines.add("weights      not there, so nothing is known of the model: " + e.getMessage());
        }
        return lines;
    }
}
