/**
 * Configurations: every knob is a component of a record ({@link asl.config.RunConfig}, {@link asl.config.LinprobeConfig},
 * {@link asl.config.FinetuneConfig}), has its value and its meaning on a page of defaults, and nowhere else.
 * {@link asl.config.ConfigLoader} lays files and single settings over that page and reports every problem at once.
 */
package asl.config;
