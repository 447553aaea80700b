package asl.data;

import asl.config.ConfigException;
import asl.config.RunConfig.DataConfig;
import asl.config.RunConfig.DataFormat;
import asl.config.RunConfig.SourceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens what the configuration names. */
public final class Sources {
    /** As a root: CIFAR-10 as DJL's own data set fetches it. */
    private static final String DOWNLOAD = "download";

    private Sources() {}

    /** The source, or the mix of sources, of a configuration; throws a ConfigException that says what was looked for. */
    public static ImageSource open(DataConfig config) throws IOException {
        List<SourceConfig> configs = config.sources();
        if (configs.size() == 1) {
            return open(configs.get(0));
        }
        List<ImageSource> sources = new ArrayList<>();
        for (SourceConfig source : configs) {
            sources.add(open(source));
        }
        return new MixedSource(
                sources, configs.stream().map(SourceConfig::weight).toList());
    }

    /** One source. */
    public static ImageSource open(SourceConfig config) throws IOException {
        if (config.root().equals(DOWNLOAD) && config.format() == DataFormat.CIFAR10) {
            return CifarLayout.CIFAR10.open(Cifar10Download.fetch(), config.split());
        }
        Path root = Path.of(config.root());
        if (!Files.exists(root)) {
            throw new ConfigException("data.root: " + root + ": no such file or folder; " + nearest(root));
        }
        return switch (config.format()) {
            case AUTO ->
                open(new SourceConfig(detect(root, config.split()), config.root(), config.split(), config.weight()));
            case FOLDER, COCO -> FolderLayout.open(requireFolder(root), config.split());
            case LIST -> ListLayout.open(root);
            case CIFAR10 -> CifarLayout.CIFAR10.open(requireFolder(root), config.split());
            case CIFAR100 -> CifarLayout.CIFAR100.open(requireFolder(root), config.split());
            case IDX -> IdxLayout.open(requireFolder(root), config.split());
            case SHARDS -> ShardLayout.open(root, config.split());
        };
    }

    /** The layout by what lies in the root. */
    private static DataFormat detect(Path root, String split) throws IOException {
        if (ShardLayout.fits(root, split)) {
            return DataFormat.SHARDS;
        }
        if (!Files.isDirectory(root)) {
            return DataFormat.LIST;
        }
        if (CifarLayout.CIFAR10.fits(root)) {
            return DataFormat.CIFAR10;
        }
        if (CifarLayout.CIFAR100.fits(root)) {
            return DataFormat.CIFAR100;
        }
        return IdxLayout.fits(root) ? DataFormat.IDX : DataFormat.FOLDER;
    }

    private static Path requireFolder(Path root) {
        if (!Files.isDirectory(root)) {
            throw new ConfigException("data.root: " + root
                    + ": a file, where a folder is needed; data.format: list reads " + "a file of paths");
        }
        return root;
    }

    private static String nearest(Path root) {
        Path parent = root.toAbsolutePath().normalize();
        while (parent.getParent() != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        return "the path exists as far as " + parent;
    }
}
