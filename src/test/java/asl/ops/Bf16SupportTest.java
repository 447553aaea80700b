package asl.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Bf16SupportTest {
    /** Flags as the kernel writes them: whole words, AMX machines have both. */
    @ParameterizedTest
    @CsvSource({
        "avx2 avx512f avx512_bf16 amx_bf16 amx_tile, AMX",
        "avx2 avx512f avx512_bf16, AVX512",
        "avx2 avx512f avx512_vnni, NONE",
        "avx2 not_amx_bf16, NONE",
    })
    void readsTheFlagsOfAProcessor(String flags, Bf16Support expected) {
        assertThat(Bf16Support.ofCpu("processor\t: 0\nflags\t\t: fpu " + flags + "\nbogomips\t: 5200"))
                .isEqualTo(expected);
    }
}
