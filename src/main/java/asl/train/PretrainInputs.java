package asl.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.config.RunConfig.ModelConfig;
import asl.method.PretrainMethod.Inputs;
import asl.model.RandomMasking;
import java.nio.ByteBuffer;
import java.util.List;

/** What a micro-batch is on the device. */
final class PretrainInputs {
    private PretrainInputs() {}

    /**
     * Images and masks on the device: images travel as bytes and are normalised there.
     *
     * @param pixels uint8 [B, H, W, C]
     * @param samples numbers of the images in their source
     */
    static Inputs upload(NDManager results, RunConfig config, ByteBuffer pixels, List<Long> samples, int epoch) {
        ModelConfig model = config.model();
        Shape shape = new Shape(
                samples.size(), model.imageSize().height(), model.imageSize().width(), model.channels());
        NDArray images = results.create(pixels, shape, DataType.UINT8); // [B, H, W, C]
        long[] ids = RandomMasking.draw(config.seed(), epoch, model.patches(), samples);
        return new Inputs(images, results.create(ids, new Shape(samples.size(), model.patches())), epoch, samples);
    }
}
