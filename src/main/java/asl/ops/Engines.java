package asl.ops;

import ai.djl.Device;
import ai.djl.engine.Engine;
import asl.config.ConfigException;
import asl.config.RunConfig.EngineConfig;
import asl.config.RunConfig.Precision;
import com.sun.jna.Function;
import java.util.Locale;

/** The PyTorch engine: threads, device and precision, chosen once per process. */
public final class Engines {
    private static final String THREADS = "ai.djl.pytorch.num_threads";
    private static final String INTEROP_THREADS = "ai.djl.pytorch.num_interop_threads";

    private Engines() {}

    /**
     * What a run computes with.
     *
     * @param precision FP32, TF32 or BF16
     */
    public record Setup(Device device, Precision precision, int threads) {}

    /**
     * Sets the thread counts and picks device and precision. Must come before anything else that touches the engine:
     * libtorch takes its thread counts when it starts.
     *
     * @throws ConfigException where the machine lacks what was asked for
     */
    public static Setup open(EngineConfig config) {
        return open(config, 0, Runtime.getRuntime().availableProcessors());
    }

    /**
     * The same where processes share a machine.
     *
     * @param localRank this process among those of its machine: the GPU it takes
     * @param cores for this process
     */
    public static Setup open(EngineConfig config, int localRank, int cores) {
        int threads = config.threads() > 0 ? config.threads() : cores;
        System.setProperty(THREADS, Integer.toString(threads));
        System.setProperty(INTEROP_THREADS, "1");
        if (config.precision() == Precision.TF32) {
            allowTf32();
        }
        Device device = device(config.device(), localRank);
        return new Setup(device, precision(config.precision(), device), threads);
    }

    /** DJL has no setter; libtorch reads this variable at its first matrix product. */
    private static void allowTf32() {
        int code = Function.getFunction("c", "setenv")
                .invokeInt(new Object[] {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "1", 1});
        if (code != 0) {
            throw new IllegalStateException("setenv failed with code " + code);
        }
    }

    private static Device device(String name, int localRank) {
        int gpus = engine().getGpuCount();
        return switch (name) {
            case "cpu" -> Device.cpu();
            case "gpu" -> {
                if (gpus == 0) {
                    throw new ConfigException("engine.device: gpu, but PyTorch finds none; use cpu, or another engine "
                            + "line (ASL_ENGINE=cu121, cu124 or cuda)");
                }
                yield Device.gpu(localRank % gpus);
            }
            default -> gpus > 0 ? Device.gpu(localRank % gpus) : Device.cpu();
        };
    }

    private static Precision precision(Precision asked, Device device) {
        return switch (asked) {
            case AUTO -> Bf16Support.of(device) != Bf16Support.NONE ? Precision.BF16 : Precision.FP32;
            case TF32 -> {
                if (!device.isGpu()) {
                    throw new ConfigException("engine.precision: tf32 is of GPUs alone; use fp32, bf16 or auto");
                }
                yield Precision.TF32;
            }
            case FP32, BF16 -> asked;
        };
    }

    /** Whether the loaded PyTorch is of that version or later. */
    static boolean pytorchAtLeast(int major, int minor) {
        String[] parts = engine().getVersion().split("[.+-]");
        int loadedMajor = Integer.parseInt(parts[0]);
        return loadedMajor > major || (loadedMajor == major && Integer.parseInt(parts[1]) >= minor);
    }

    private static Engine engine() {
        return Engine.getEngine("PyTorch");
    }

    /** Version of the loaded PyTorch. */
    public static String pytorchVersion() {
        return engine().getVersion();
    }

    /** One line about the engine for logs. */
    public static String describe(Setup setup) {
        String precision = setup.precision().name().toLowerCase(Locale.ROOT);
        return "PyTorch %s on %s, %s, %d threads"
                .formatted(pytorchVersion(), setup.device(), precision, setup.threads());
    }
}
