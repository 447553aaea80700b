package asl.cli;

import asl.config.ConfigException;
import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The branches and precisions that a measurement goes through. */
final class BenchVariants {
    @Option(
            names = "--branches",
            split = ",",
            paramLabel = "BRANCH",
            description = "none, dle, aee; default: the configuration's.")
    private List<Branch> branches = new ArrayList<>();

    @Option(
            names = "--precisions",
            split = ",",
            paramLabel = "PRECISION",
            description = "fp32, tf32, bf16; default: the configuration's.")
    private List<Precision> precisions = new ArrayList<>();

    /** One configuration for each step to measure. */
    List<RunConfig> configs(ConfigOptions options) {
        List<RunConfig> configs = new ArrayList<>();
        for (List<String> branch : branchSettings()) {
            for (List<String> precision : precisionSettings()) {
                List<String> settings = new ArrayList<>(branch);
                settings.addAll(precision);
                configs.add(options.load(RunConfig.class, RunConfig.DEFAULTS, settings)
                        .config());
            }
        }
        return configs;
    }

    private List<List<String>> branchSettings() {
        if (branches.isEmpty()) {
            return List.of(List.of());
        }
        return branches.stream()
                .map(branch -> branch == Branch.NONE
                        ? List.of("method.branch=none", "method.align=none", "method.align_cls=false")
                        : List.of("method.branch=" + branch.name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private List<List<String>> precisionSettings() {
        if (precisions.isEmpty()) {
            return List.of(List.of());
        }
        if (precisions.contains(Precision.TF32) && precisions.contains(Precision.FP32)) {
            throw new ConfigException(
                    "--precisions: fp32 and tf32 share one switch of the process; measure them apart");
        }
        return precisions.stream()
                .map(precision -> List.of("engine.precision=" + precision.name().toLowerCase(Locale.ROOT)))
                .toList();
    }
}
