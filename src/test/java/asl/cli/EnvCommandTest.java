package asl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
final class EnvCommandTest {
    @Test
    void saysWhatIsThereAndWhatIsNot() throws IOException {
        StringWriter out = new StringWriter();
        int code = Asl.commandLine().setOut(new PrintWriter(out, true)).execute("env", "--json");
        assertThat(code).isZero();
        JsonNode page = new ObjectMapper().readTree(out.toString());
        assertThat(page.path("pytorch").asText()).startsWith("2.");
        assertThat(page.path("engine").asText()).contains(page.path("pytorch").asText());
        assertThat(page.path("precision").path("auto").asText()).isIn("fp32", "bf16");
        boolean emulated = page.path("precision").path("bf16").asText().contains("emulated");
        assertThat(page.path("precision").path("auto").asText()).isEqualTo(emulated ? "fp32" : "bf16");
        assertThat(page.path("missing").has("bf16")).isEqualTo(emulated);
        boolean noMpi = page.path("mpi").asText().equals("not found");
        assertThat(page.path("missing").has("mpi")).isEqualTo(noMpi);
        assertThat(page.path("jpeg").asText()).isNotBlank();
    }
}
