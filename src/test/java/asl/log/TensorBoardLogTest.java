package asl.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the files back with a decoder of its own, written from the format's description. */
class TensorBoardLogTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_250L));

    @TempDir
    private Path folder;

    @Test
    void checksumIsThatOfTheFormat() {
        // The check value of CRC-32C, 0xe3069283 (RFC 3720 B.4's polynomial), rotated and shifted by hand.
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        int rotated = (0xe3069283 >>> 15) | (0xe3069283 << 17);
        assertThat(EventFile.maskedChecksum(digits, 0, digits.length)).isEqualTo(rotated + 0xa282ead8);
    }

    @Test
    void beginsWithTheVersionAndTheStartOfTheSession() throws IOException {
        new TensorBoardLog(folder, 41, CLOCK).close();
        List<Message> events = events();
        assertThat(events).hasSize(2);
        assertThat(events.get(0).get(1)).isEqualTo(1_700_000_000.25);
        assertThat(events.get(0).get(2)).isEqualTo(0L);
        assertThat(events.get(0).text(3)).isEqualTo("brain.Event:2");
        assertThat(events.get(1).get(2)).as("what follows step 41 is forgotten").isEqualTo(42L);
        assertThat(events.get(1).message(7).get(1)).isEqualTo(1L);
    }

    @Test
    void scalarsComeBackUnderTheirNames() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", 0.625);
        values.put("lr", 1e-4);
        try (TensorBoardLog log = new TensorBoardLog(folder, 0, CLOCK)) {
            log.metrics(new StepMetrics(300, 2.5, values));
        }
        Message event = events().get(2);
        assertThat(event.get(2)).isEqualTo(300L);
        Map<String, Object> scalars = new LinkedHashMap<>();
        for (Message value : event.message(5).repeated(1)) {
            scalars.put(value.text(1), value.get(2));
        }
        assertThat(scalars)
                .containsExactly(Map.entry("epoch", 2.5f), Map.entry("loss", 0.625f), Map.entry("lr", 1e-4f));
    }

    @Test
    void picturesCarryTheirSizeAndBytes() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(300, 7, BufferedImage.TYPE_INT_RGB), "png", png);
        try (TensorBoardLog log = new TensorBoardLog(folder, 0, CLOCK)) {
            log.image("reconstruction", 5, png.toByteArray());
        }
        Message value = events().get(2).message(5).message(1);
        assertThat(value.text(1)).isEqualTo("reconstruction");
        Message image = value.message(4);
        assertThat(image.get(1)).isEqualTo(7L);
        assertThat(image.get(2)).isEqualTo(300L);
        assertThat((byte[]) image.get(4)).isEqualTo(png.toByteArray());
    }

    @Test
    void everyStartHasAFileOfItsOwn() throws IOException {
        new TensorBoardLog(folder, 0, CLOCK).close();
        new TensorBoardLog(folder, 10, InstantSource.offset(CLOCK, Duration.ofSeconds(1))).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    /** The events of the only file, their checksums verified. */
    private List<Message> events() throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Message> events = new ArrayList<>();
        while (in.hasRemaining()) {
            assertThat(EventFile.maskedChecksum(in.array(), in.position(), 8)).isEqualTo(in.getInt(in.position() + 8));
            byte[] event = new byte[(int) in.getLong()];
            in.getInt();
            in.get(event);
            assertThat(in.getInt()).isEqualTo(EventFile.maskedChecksum(event, 0, event.length));
            events.add(Message.of(event));
        }
        return events;
    }

    private record Field(int number, Object value) {}

    /** A decoded message; nested ones are bytes until they are asked for. */
    private record Message(List<Field> fields) {
        static Message of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            List<Field> fields = new ArrayList<>();
            while (in.hasRemaining()) {
                long tag = varint(in);
                fields.add(new Field((int) (tag >>> 3), value(in, (int) (tag & 7))));
            }
            return new Message(fields);
        }

        private static Object value(ByteBuffer in, int wireType) {
            return switch (wireType) {
                case 0 -> varint(in);
                case 1 -> in.getDouble();
                case 2 -> {
                    byte[] nested = new byte[(int) varint(in)];
                    in.get(nested);
                    yield nested;
                }
                case 5 -> in.getFloat();
                default -> throw new AssertionError("wire type " + wireType);
            };
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        List<Object> all(int number) {
            return fields.stream()
                    .filter(field -> field.number() == number)
                    .map(Field::value)
                    .toList();
        }

        Object get(int number) {
            assertThat(all(number)).as("field %d", number).hasSize(1);
            return all(number).get(0);
        }

        String text(int number) {
            return new String((byte[]) get(number), StandardCharsets.UTF_8);
        }

        Message message(int number) {
            return of((byte[]) get(number));
        }

        List<Message> repeated(int number) {
            return all(number).stream().map(bytes -> of((byte[]) bytes)).toList();
        }
    }
}
