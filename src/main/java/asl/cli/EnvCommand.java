package asl.cli;

import ai.djl.Device;
import ai.djl.engine.Engine;
import asl.config.RunConfig.EngineConfig;
import asl.config.RunConfig.Precision;
import asl.data.image.JpegBackend;
import asl.distributed.SystemLibrary;
import asl.ops.Bf16Support;
import asl.ops.Engines;
import asl.train.MachineMemory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code asl env}: what this machine has for training, what is missing and how to get it. */
@Command(
        name = "env",
        mixinStandardHelpOptions = true,
        description = "Say what this machine has for training: engine, devices, precisions, decoder, MPI, NCCL.")
final class EnvCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Engines.Setup engine = Engines.open(new EngineConfig("auto", Precision.AUTO, 0));
        List<String> missing = new ArrayList<>();
        ObjectNode page = Page.empty();
        String[] versions = new Version().getVersion();
        page.put("asl", versions[0].substring("asl ".length())).put("java", versions[2]);
        page.put("engine", versions[1]);
        page.put("pytorch", Engines.pytorchVersion());
        page.put("processor", processor());
        page.put(
                "memory", gib(MachineMemory.totalBytes()) + ", " + gib(MachineMemory.availableBytes()) + " of it free");
        devices(page, engine, missing);
        page.put("jpeg", JpegBackend.AUTO.describe());
        libraries(page, engine.device(), missing);
        ObjectNode gaps = page.putObject("missing");
        missing.forEach(gap -> gaps.put(gap.substring(0, gap.indexOf(':')), gap.substring(gap.indexOf(':') + 2)));
        Page.print(page, json, spec.commandLine().getOut());
        return ExitCode.OK;
    }

    private static void devices(ObjectNode page, Engines.Setup engine, List<String> missing) {
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        Device device = engine.device();
        page.put("device", device.isGpu() ? "gpu, " + gpus + " of them" : "cpu");
        ObjectNode threads = page.putObject("threads");
        threads.put("tensor_engine", engine.threads()).put("interop", 1);
        threads.put("decoding", Math.max(1, engine.threads()));
        ObjectNode precisions = page.putObject("precision");
        Bf16Support bf16 = Bf16Support.of(device);
        precisions.put("auto", engine.precision().name().toLowerCase(Locale.ROOT));
        precisions.put("fp32", "yes").put("tf32", device.isGpu() ? "yes" : "no, of GPUs alone");
        precisions.put("bf16", bf16.describe());
        if (gpus == 0) {
            missing.add(
                    "gpu: PyTorch sees none; where there is one, ASL_ENGINE=cu121, cu124 or cuda takes a build for it");
        }
        if (bf16 == Bf16Support.NONE) {
            missing.add("bf16: needs a processor with AMX or AVX512-BF16, or a GPU of compute capability 8.0 or later");
        }
    }

    private static void libraries(ObjectNode page, Device device, List<String> missing) {
        SystemLibrary system = SystemLibrary.search();
        String mpi = system.find("libmpi.so.40", "libmpich.so.12", "libmpi.so.12")
                .map(Path::toString)
                .orElse("not found");
        String nccl = system.find("libnccl.so.2").map(Path::toString).orElse("not found");
        page.put("mpi", mpi).put("nccl", device.isGpu() ? nccl + "; PyTorch for CUDA has its own" : nccl);
        if ("not found".equals(mpi)) {
            missing.add("mpi: several processes need it (Debian, Ubuntu: apt-get install openmpi-bin)");
        }
        if (!device.isGpu() && "not found".equals(nccl)) {
            missing.add("nccl: of use between GPUs alone; PyTorch for CUDA brings it (ASL_ENGINE=cu121), else "
                    + "NVIDIA's libnccl2");
        }
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    /** Name and cores of the processor; of another system than Linux only the architecture. */
    static String processor() {
        int cores = Runtime.getRuntime().availableProcessors();
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            String names = lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .distinct()
                    .collect(Collectors.joining(", "));
            return names + ", " + cores + " cores";
        } catch (IOException e) {
            return System.getProperty("os.arch") + ", " + cores + " cores";
        }
    }
}
