package asl.ops;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript module as the archive that libtorch loads: a stored zip of the module's code as text and a pickle
 * of its attributes. So PyTorch operators that DJL does not expose are reached, with gradients, from text in our jar.
 */
final class TorchScriptArchive {
    /** Folder inside the zip; any name will do. */
    private static final String ROOT = "kernels/";

    /** Pickle of an empty tuple: no tensor constants. */
    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private TorchScriptArchive() {}

    /**
     * The archive of one class.
     *
     * @param className the class that {@code code} defines
     * @param attributes values of the attributes that the class declares: Boolean, Integer or Double
     */
    static byte[] of(String className, String code, Map<String, Object> attributes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", pickle(className, attributes));
            store(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", NO_CONSTANTS);
            store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(ROOT + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Pickle protocol 2: {@code className.__new__()}, then its state, a dictionary. */
    private static byte[] pickle(String className, Map<String, Object> attributes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(new byte[] {(byte) 0x80, 2}); // PROTO 2
        out.writeBytes("c__torch__\n" + className + "\n"); // GLOBAL
        out.writeBytes(")\u0081"); // EMPTY_TUPLE NEWOBJ
        out.writeBytes("}("); // EMPTY_DICT MARK
        Map<String, Object> state = new TreeMap<>(attributes);
        state.put("training", true);
        for (Map.Entry<String, Object> attribute : state.entrySet()) {
            byte[] name = attribute.getKey().getBytes(StandardCharsets.UTF_8);
            out.writeByte('X'); // BINUNICODE
            out.writeInt(Integer.reverseBytes(name.length));
            out.write(name);
            writeValue(out, attribute.getValue());
        }
        out.writeBytes("ub."); // SETITEMS BUILD STOP
        return bytes.toByteArray();
    }

    private static void writeValue(DataOutputStream out, Object value) throws IOException {
        if (value instanceof Boolean flag) {
            out.writeByte(flag ? 0x88 : 0x89); // NEWTRUE, NEWFALSE
        } else if (value instanceof Integer number) {
            out.writeByte('J'); // BININT
            out.writeInt(Integer.reverseBytes(number));
        } else if (value instanceof Double number) {
            out.writeByte('G'); // BINFLOAT
            out.writeDouble(number);
        } else {
            throw new IllegalArgumentException(value + ": attributes are flags, whole numbers or floating point");
        }
    }
}
