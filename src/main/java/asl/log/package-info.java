/**
 * What one sees of a run: the progress line, {@code metrics.jsonl}, TensorBoard event files, the summary at the end. A
 * figure has the same name everywhere: {@code loss}, {@code loss_mae}, {@code loss_sem} (paper Eqs. 2, 10 and 11),
 * {@code lr}, {@code images_per_second}, {@code data_wait} (share of the time spent waiting for images, 0 to 1).
 */
package asl.log;
