package asl.cli;

import asl.config.DistConfig;
import asl.config.RunConfig.EngineConfig;
import asl.distributed.World;
import asl.distributed.Worlds;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** Runs a command as one of the processes that mpirun or srun started, or alone. */
final class Ranks {
    private Ranks() {}

    /** What every rank does; prints for people on rank 0 alone. */
    interface Work {
        void run(World world) throws IOException;
    }

    /** Who is told in lines on the error stream what a rank finds: rank 0 speaks for all, the others by their name. */
    static Consumer<String> notes(CommandLine command, World world) {
        PrintWriter err = command.getErr();
        String name = world.rank() == 0 ? "" : "rank " + world.rank() + ": ";
        return line -> {
            err.println(name + line);
            err.flush();
        };
    }

    /**
     * Joins the other processes and works; a failure of any rank ends all.
     *
     * @return the exit code
     */
    static int run(CommandLine command, DistConfig dist, EngineConfig engine, Work work) throws IOException {
        PrintWriter err = command.getErr();
        World world = Worlds.open(dist, engine.device(), line -> {
            err.println("asl: " + line);
            err.flush();
        });
        try {
            if (world.size() > 1) {
                Thread.setDefaultUncaughtExceptionHandler(
                        (thread, failure) -> Failures.ofRank(new RankFailure(world, failure), command, false));
            }
            work.run(world);
        } catch (IOException | RuntimeException | Error e) {
            if (world.size() > 1) {
                throw new RankFailure(world, e);
            }
            throw e;
        }
        world.close(); // not after a failure: the others may be in another call
        return ExitCode.OK;
    }
}
