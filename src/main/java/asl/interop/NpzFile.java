package asl.interop;

import asl.interop.WholeFiles.Existing;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A NumPy {@code .npz} archive: {@code .npy} files stored, not compressed, in a zip. */
public final class NpzFile {
    /** The least that zip can tell, as NumPy has it: the same arrays are the same bytes. */
    private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

    private NpzFile() {}

    /** Packs {@code .npy} files under array names; the archive appears under its name when complete. */
    public static void pack(Path target, Map<String, Path> arrays, Existing existing) throws IOException {
        WholeFiles.write(target, existing, part -> {
            try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(part));
                    ZipOutputStream zip = new ZipOutputStream(file)) {
                for (Map.Entry<String, Path> array : arrays.entrySet()) {
                    ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                    entry.setMethod(ZipEntry.STORED);
                    entry.setTimeLocal(EPOCH);
                    entry.setSize(Files.size(array.getValue()));
                    entry.setCrc(crc(array.getValue()));
                    zip.putNextEntry(entry);
                    Files.copy(array.getValue(), zip);
                    zip.closeEntry();
                }
            }
        });
    }

    private static long crc(Path path) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(Files.newInputStream(path), crc)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return crc.getValue();
    }
}
