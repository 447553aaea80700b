package asl.data;

import ai.djl.Application;
import ai.djl.basicdataset.BasicDatasets;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import asl.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** CIFAR-10 from the repository of DJL's basic data sets, kept in DJL's cache folder. */
final class Cifar10Download {
    private Cifar10Download() {}

    /** The folder with the binary files; fetches them the first time. */
    static Path fetch() throws IOException {
        MRL resource = BasicDatasets.REPOSITORY.dataset(
                Application.CV.IMAGE_CLASSIFICATION, BasicDatasets.GROUP_ID, "cifar10", "1.0");
        String offline = System.getProperty("ai.djl.offline");
        System.clearProperty("ai.djl.offline"); // is about the engine's natives; here the network was asked for
        try {
            Artifact artifact = resource.getDefaultArtifact();
            if (artifact == null) {
                throw new IOException("not in the repository");
            }
            resource.prepare(artifact);
            Path folder = resource.getRepository().getResourceDirectory(artifact);
            try (Stream<Path> tree = Files.walk(folder)) {
                return tree.filter(path -> path.endsWith("test_batch.bin"))
                        .findFirst()
                        .map(Path::getParent)
                        .orElseThrow(() -> new IOException("no test_batch.bin in " + folder));
            }
        } catch (IOException e) {
            throw new ConfigException("data.root: download: CIFAR-10 cannot be fetched (" + e.getMessage()
                    + "); unpack cifar-10-binary.tar.gz somewhere and set data.root to that folder");
        } finally {
            if (offline != null) {
                System.setProperty("ai.djl.offline", offline);
            }
        }
    }
}
