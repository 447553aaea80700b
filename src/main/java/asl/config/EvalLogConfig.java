package asl.config;

/** What one sees while a probe or a fine-tuning runs. */
public record EvalLogConfig(int everySteps, boolean tensorboard) {}
