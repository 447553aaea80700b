package asl.eval;

import asl.config.ConfigException;
import asl.data.ImageSource;
import asl.eval.EmbeddedTokens.Kind;
import asl.interop.NpyWriter;
import asl.interop.NpzFile;
import asl.interop.WholeFiles.Existing;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Features as {@code .npy} (one kind) or {@code .npz} (arrays {@code cls}, {@code avg} [N, D], {@code patch} [N, P, D],
 * {@code label} [N]), written batch by batch, and beside them {@code .csv}: row, image, label, class. Each appears under
 * its name when it is complete.
 */
public final class EmbeddingFile implements Closeable {
    private static final String NPY = ".npy";
    private static final String NPZ = ".npz";

    private final Path target;
    private final Path names;
    private final EmbeddedTokens tokens;
    private final ImageSource source;
    private final Map<Kind, NpyWriter> arrays = new EnumMap<>(Kind.class);
    private final NpyWriter labels;
    private final BufferedWriter csv;
    private long rows;

    /**
     * Checks a target before any work is done for it.
     *
     * @throws ConfigException if the ending is of no format, does not fit the kinds, or a file is there already
     */
    public static void check(Path target, List<Kind> kinds, boolean overwrite) {
        String name = target.getFileName().toString();
        if (!name.endsWith(NPY) && !name.endsWith(NPZ)) {
            throw new ConfigException("--output: " + target + ": name a file that ends in .npy or .npz");
        }
        if (name.endsWith(NPY) && kinds.size() > 1) {
            throw new ConfigException("--output: " + target + ": .npy holds one kind of tokens; use .npz for several");
        }
        for (Path file : List.of(target, csv(target))) {
            if (!overwrite && Files.exists(file)) {
                throw new ConfigException("--output: " + file + " exists already; --overwrite replaces it");
            }
        }
    }

    /** Begins the files; the folder is made where it is missing. */
    public EmbeddingFile(Path target, EmbeddedTokens tokens, ImageSource source) throws IOException {
        this.target = target.toAbsolutePath();
        this.names = csv(this.target);
        this.tokens = tokens;
        this.source = source;
        Files.createDirectories(this.target.getParent());
        for (Kind kind : tokens.kinds()) {
            int[] shape =
                    kind == Kind.PATCH ? new int[] {tokens.rows(kind), tokens.width()} : new int[] {tokens.width()};
            arrays.put(kind, NpyWriter.ofFloats(array(name(kind)), shape));
        }
        this.labels = NpyWriter.ofInts(array("label"));
        this.csv = Files.newBufferedWriter(part(names));
        csv.write("row,image,label,class\n");
    }

    private static Path csv(Path target) {
        String name = target.getFileName().toString();
        return target.resolveSibling(name.substring(0, name.length() - NPY.length()) + ".csv");
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** An array on its way into the target. */
    private Path array(String name) {
        return target.resolveSibling(target.getFileName() + "." + name + NPY);
    }

    /**
     * Appends a batch.
     *
     * @param values [B, rows, D] as {@link EmbeddedTokens} makes them
     */
    public void append(OrderedRows.Rows batch, float[] values) throws IOException {
        int count = batch.samples().length;
        int stride = values.length / count;
        int from = 0;
        for (Map.Entry<Kind, NpyWriter> array : arrays.entrySet()) {
            int length = tokens.rows(array.getKey()) * tokens.width();
            float[] part = new float[count * length];
            for (int i = 0; i < count; i++) {
                System.arraycopy(values, i * stride + from, part, i * length, length);
            }
            array.getValue().append(part);
            from += length;
        }
        labels.append(batch.labels());
        for (int i = 0; i < count; i++) {
            int label = batch.labels()[i];
            boolean named = label >= 0 && label < source.classNames().size();
            String image = source.name(batch.samples()[i]);
            csv.write(rows + "," + ConfusionMatrix.quoted(image) + "," + (label < 0 ? "" : label) + ","
                    + (named ? ConfusionMatrix.quoted(source.classNames().get(label)) : "") + "\n");
            rows++;
        }
    }

    /** Ends the files and gives them their names; returns what was written. */
    public List<Path> complete() throws IOException {
        for (NpyWriter array : arrays.values()) {
            array.complete();
        }
        labels.complete();
        csv.close();
        if (target.toString().endsWith(NPY)) {
            move(array(name(tokens.kinds().get(0))), target);
        } else {
            Map<String, Path> parts = new LinkedHashMap<>();
            tokens.kinds().forEach(kind -> parts.put(name(kind), array(name(kind))));
            if (rows > 0 && source.label(0) != ImageSource.NO_LABEL) {
                parts.put("label", array("label"));
            }
            NpzFile.pack(target, parts, Existing.REPLACE);
        }
        move(part(names), names);
        return List.of(target, names);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<Path> leftovers() {
        List<Path> leftovers = new ArrayList<>(List.of(array("label")));
        tokens.kinds().forEach(kind -> leftovers.add(array(name(kind))));
        return leftovers;
    }

    /** Images so far. */
    public long rows() {
        return rows;
    }

    /** Throws away what was not completed. */
    @Override
    public void close() throws IOException {
        for (NpyWriter array : arrays.values()) {
            array.close();
        }
        labels.close();
        csv.close();
        Files.deleteIfExists(part(names));
        for (Path leftover : leftovers()) {
            Files.deleteIfExists(leftover);
        }
    }
}
