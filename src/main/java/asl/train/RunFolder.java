package asl.train;

import asl.config.ConfigException;
import asl.distributed.World;
import asl.log.JsonlLog;
import asl.log.MetricLog;
import asl.log.ProgressLine;
import asl.log.TensorBoardLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The output folder of a run: {@code resolved.yaml}, metrics, checkpoints. Only rank 0 writes to it. */
public final class RunFolder {
    private static final String RESOLVED = "resolved.yaml";
    private static final String METRICS = "metrics.jsonl";

    private final Path folder;
    private final World world;
    private final CheckpointFolder checkpoints;

    RunFolder(String outputDir, World world) {
        this.folder = Path.of(outputDir);
        this.world = world;
        this.checkpoints = new CheckpointFolder(folder.resolve("checkpoints"));
    }

    /** What to do about a run that is in the output folder already. */
    public enum Existing {
        /** An error. */
        REFUSE,
        /** Go on from its newest whole checkpoint; start if there is none. */
        RESUME,
        /** Start anew; its files are replaced as new ones are written. */
        OVERWRITE
    }

    /** A file or folder in it. */
    Path path(String name) {
        return folder.resolve(name);
    }

    CheckpointFolder checkpoints() {
        return checkpoints;
    }

    /**
     * Makes the folder ready for a run of this configuration, by rank 0.
     *
     * @return the folder
     * @throws ConfigException if there is a run already
     */
    Path prepare(Existing existing, String resolvedYaml) throws IOException {
        if (world.rank() != 0) {
            return folder;
        }
        if (existing == Existing.REFUSE && Files.exists(path(RESOLVED))) {
            throw new ConfigException("output_dir: " + folder + " holds a run already; go on with it by --resume,"
                    + " replace it by --overwrite, or name another folder");
        }
        if (existing == Existing.OVERWRITE) {
            checkpoints.keepLast(0);
            Files.deleteIfExists(path(METRICS));
        }
        Files.createDirectories(folder);
        Files.writeString(path(RESOLVED), resolvedYaml);
        return folder;
    }

    /** Progress line, JSON lines and TensorBoard, from a step on; nothing on other ranks. */
    MetricLog openLog(ProgressLine.Plan plan, boolean tensorboard) throws IOException {
        if (world.rank() != 0) {
            return MetricLog.none();
        }
        List<MetricLog> logs = new ArrayList<>();
        logs.add(new ProgressLine(plan));
        logs.add(new JsonlLog(path(METRICS), plan.firstStep()));
        if (tensorboard) {
            logs.add(new TensorBoardLog(path("tensorboard"), plan.firstStep()));
        }
        return MetricLog.fanOut(logs);
    }
}
