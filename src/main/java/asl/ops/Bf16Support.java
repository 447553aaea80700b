package asl.ops;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What multiplies bfloat16 matrices on a device. */
public enum Bf16Support {
    /** Tensor cores, from compute capability 8.0 on. */
    CUDA("tensor cores"),
    /** Tiles of Intel's AMX. */
    AMX("AMX"),
    /** Vectors of AVX-512: about twice fp32. */
    AVX512("AVX512-BF16"),
    /** Nothing: bf16 is emulated, right but slower than fp32. */
    NONE("no hardware; bf16 is emulated, slower than fp32");

    private static final int FIRST_CAPABILITY = 80; // 8.0, Ampere

    private final String words;

    Bf16Support(String words) {
        this.words = words;
    }

    /** What the device has. */
    public static Bf16Support of(Device device) {
        if (device.isGpu()) {
            int capability = Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId()));
            return capability >= FIRST_CAPABILITY ? CUDA : NONE;
        }
        try {
            return ofCpu(Files.readString(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            return NONE; // not Linux: slower, never wrong
        }
    }

    /** What a processor with these flags has, as {@code /proc/cpuinfo} lists them. */
    static Bf16Support ofCpu(String cpuinfo) {
        List<String> words = List.of(cpuinfo.split("\\s+"));
        return words.contains("amx_bf16") ? AMX : words.contains("avx512_bf16") ? AVX512 : NONE;
    }

    /** In words for people. */
    public String describe() {
        return words;
    }
}
