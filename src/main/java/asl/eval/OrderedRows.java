package asl.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.data.Batch;
import asl.data.ImageSource;
import asl.data.SequentialLoader;
import asl.distributed.World;
import java.io.IOException;
import java.util.Optional;

/**
 * What all ranks compute of the images of a source, brought to rank 0 in the order of one process. Rank r takes the batches
 * r, r + R, ...; after each round of R batches they are handed on, so nobody holds more than those.
 */
public final class OrderedRows {
    private final ViewBatches batches;
    private final World world;
    private final int
            slot; // numbers that a rank tells of its batch: values, images, and of each image number and label

    OrderedRows(ViewBatches batches, World world) {
        this.batches = batches;
        this.world = world;
        this.slot = 2 + 2 * batches.reading().options().batchSize();
    }

    /**
     * A batch whose images were read.
     *
     * @param samples numbers of the images in their source [B]
     * @param labels [B]
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Rows(int[] samples, int[] labels) {}

    /** What is computed of images, uint8 [B, H, W, C]: float32, of any shape that has as many values for each image. */
    interface Computation {
        NDArray of(NDManager results, NDArray images);
    }

    /** Takes the rows of a batch and their values. */
    public interface Action {
        void accept(Rows rows, float[] values) throws IOException;
    }

    /** Hands on the batches that hold an image. The action is called on rank 0 alone. Collective. */
    void forEach(ImageSource source, Computation computation, Action action) throws IOException {
        world.requireSameImages(source.size());
        int batchSize = batches.reading().options().batchSize();
        long round = (long) batchSize * world.size();
        try (SequentialLoader loader = batches.open(source)) {
            for (long first = 0; first < source.size(); first += round) {
                try (NDManager results = batches.manager().newSubManager()) {
                    share(results, loader.next(), computation, action);
                }
            }
        }
    }

    private void share(NDManager results, Optional<Batch> own, Computation computation, Action action)
            throws IOException {
        double[] told = new double[slot * world.size()];
        NDArray mine = results.zeros(new Shape(0));
        if (own.isPresent()) {
            try (Batch batch = own.get()) {
                if (!batch.samples().isEmpty()) {
                    // Not in place: nothing may be written to what kernels return, and it may be no whole array.
                    mine = computation
                            .of(results, batches.images(results, batch))
                            .flatten()
                            .duplicate();
                    tell(told, batch, mine.size());
                }
            }
        }
        double[] all = world.allReduceSum(told);
        for (int rank = 0; rank < world.size(); rank++) {
            int values = (int) all[rank * slot];
            if (values == 0) {
                continue;
            }
            NDArray array = rank == world.rank() ? mine : results.zeros(new Shape(values));
            if (rank > 0) {
                world.broadcast(new NDList(array), rank);
            }
            if (world.rank() == 0) {
                action.accept(heard(all, rank), array.toFloatArray());
            }
            array.close();
        }
    }

    private void tell(double[] told, Batch batch, long values) {
        int at = world.rank() * slot;
        int count = batch.samples().size();
        told[at] = values;
        told[at + 1] = count;
        for (int i = 0; i < count; i++) {
            told[at + 2 + 2 * i] = batch.samples().get(i);
            told[at + 3 + 2 * i] = batch.labels().get(i);
        }
    }

    private Rows heard(double[] all, int rank) {
        int at = rank * slot;
        int count = (int) all[at + 1];
        int[] samples = new int[count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (int) all[at + 2 + 2 * i];
            labels[i] = (int) all[at + 3 + 2 * i];
        }
        return new Rows(samples, labels);
    }
}
