package asl.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import asl.config.RunConfig;
import asl.config.RunConfig.Branch;
import asl.config.RunConfig.Precision;
import asl.model.AeeLayer;
import asl.model.EmbeddingDropout;
import asl.model.MaeDecoder;
import asl.model.VitEncoder;
import asl.ops.PretrainKernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ASL (paper Sec. 3.3): a masked autoencoder whose encoder yields two branches of features, by dropout in the linear
 * embedding (DLE) or by one extra layer behind it (AEE), both decoded by one decoder and aligned patch by patch. Without a
 * second branch it is MAE (Eqs. 1 and 2).
 *
 * <p>Both branches ride through the decoder as one batch of twice the size. The paper does not say which of them has to
 * reconstruct the pixels; the default is both, since Table 7's rows without alignment (b, d) differ from MAE only so.
 */
public final class DualBranch implements PretrainMethod {
    private final RunConfig config;
    private final PretrainKernels kernels;
    private final VitEncoder encoder;
    private final MaeDecoder decoder;
    private final @Nullable AeeLayer aee; // null without AEE
    private final List<Part> parts;

    /** Makes the model with fresh weights; they belong to the manager. */
    public DualBranch(NDManager manager, RunConfig config, Precision precision) {
        this.config = config;
        this.kernels = new PretrainKernels(manager, config, precision);
        this.encoder = new VitEncoder(manager, config, kernels);
        this.decoder = new MaeDecoder(manager, config, kernels);
        this.aee = config.method().branch() == Branch.AEE ? new AeeLayer(manager, config, kernels) : null;
        this.parts = divide();
    }

    @Override
    public Losses forward(NDManager results, Inputs inputs) {
        NDList trail = trail(results, inputs);
        NDArray predictions =
                decoder.decode(results, trail.head(), inputs.ids()); // [B or 2B, M, P]: pred_ori, pred_aug
        return losses(results, predictions, inputs, trail);
    }

    /**
     * fea_ori, and behind it in the batch fea_aug where there is a second branch [B or 2B, 1 + V, D]; with AEE fea_ori alone
     * [B, 1 + V, D]; then the tokens inside the encoder where the backward pass pauses, from the last to the first.
     */
    NDList trail(NDManager results, Inputs inputs) {
        boolean dle = config.method().branch() == Branch.DLE;
        NDList encoded = dle
                ? encodeDle(results, inputs, dropout(results, inputs))
                : encoder.encode(results, inputs.images(), inputs.ids());
        NDList trail = new NDList();
        if (aee != null) {
            trail.add(aee.branch(results, encoded.head()));
        }
        trail.add(encoded.head());
        for (int i = encoded.size() - 1; i > 0; i--) {
            trail.add(encoded.get(i));
        }
        return trail;
    }

    /** What {@link VitEncoder#encodeDle} gives, under masks of one's own. */
    NDList encodeDle(NDManager results, Inputs inputs, NDArray drop) {
        return encoder.encodeDle(results, inputs.images(), inputs.ids(), drop);
    }

    private NDArray dropout(NDManager results, Inputs inputs) {
        int visible = config.visiblePatches();
        int width = config.model().embedDim();
        float[] masks = EmbeddingDropout.draw(
                config.seed(), inputs.epoch(), config.method().dropout(), visible * width, inputs.samples());
        return results.create(masks, new Shape(2L * inputs.samples().size(), visible, width));
    }

    NDArray decode(NDManager results, NDArray features, NDArray ids) {
        return decoder.decode(results, features, ids);
    }

    /** @param trail what {@link #backward} goes along; empty where all gradients are asked for at once */
    Losses losses(NDManager results, NDArray predictions, Inputs inputs, NDList trail) {
        NDList losses = kernels.losses(results, predictions, inputs.images(), inputs.ids());
        return new Losses(losses.get(0), losses.get(1), losses.get(2), trail);
    }

    @Override
    public List<Part> parts() {
        return parts;
    }

    private List<Part> divide() {
        int size = trained().size();
        if (config.train().checkpointActivations()) {
            return List.of(Part.whole(size));
        }
        int decoderFrom = encoder.trained().size();
        int layerFrom = decoderFrom + decoder.trained().size();
        List<Part> divided = new ArrayList<>();
        divided.add(new Part(decoderFrom, layerFrom, true));
        if (aee != null) {
            divided.add(new Part(layerFrom, size, true));
        }
        int to = decoderFrom;
        for (int from : encoder.pauses()) {
            divided.add(new Part(from, to, true));
            to = from;
        }
        divided.add(new Part(0, to, false));
        return List.copyOf(divided);
    }

    @Override
    public void backward(NDManager results, Losses losses, GradientSink sink) {
        List<NDArray> all = List.copyOf(trained().values());
        NDArray y = losses.loss();
        NDArray g = y.onesLike();
        for (int i = 0; i < parts.size() - 1; i++) {
            Part part = parts.get(i);
            NDArray x = losses.trail().get(i);
            NDList given = kernels.back(results, y, g, x, new NDList(all.subList(part.from(), part.to())));
            y = x;
            g = given.head();
            sink.take(part, given.subNDList(1));
        }
        Part last = parts.get(parts.size() - 1);
        sink.take(last, backToImages(results, y, g, last.to()));
    }

    /**
     * The gradients of the first parameters, {@code to} in number, with nothing in front of them but images.
     *
     * @param g d loss / d y
     */
    NDList backToImages(NDManager results, NDArray y, NDArray g, int to) {
        List<NDArray> first = List.copyOf(trained().values()).subList(0, to);
        return kernels.back(results, y, g, first.get(0), new NDList(first.subList(1, to)));
    }

    @Override
    public Losses passes(NDManager results, Inputs inputs, GradientSink sink) {
        if (!config.train().checkpointActivations()) {
            return PretrainMethod.super.passes(results, inputs, sink);
        }
        boolean dle = config.method().branch() == Branch.DLE;
        Optional<NDArray> drop = dle ? Optional.of(dropout(results, inputs)) : Optional.empty();
        PretrainKernels.Parts weights = new PretrainKernels.Parts(
                encoder.parameters(), Optional.ofNullable(aee).map(AeeLayer::parameters), decoder.parameters());
        NDList all = kernels.stepRecomputed(results, inputs.images(), inputs.ids(), drop, weights);
        sink.take(parts.get(0), all.subNDList(3));
        return new Losses(all.get(0), all.get(1), all.get(2), new NDList());
    }

    @Override
    public NDArray reconstruct(NDManager results, Inputs inputs) {
        NDArray features =
                encoder.encode(results, inputs.images(), inputs.ids()).head();
        NDArray predictions = decoder.decodeAll(results, features, inputs.ids()); // [B, N, P]
        return kernels.pixels(results, predictions, inputs.images());
    }

    /** Predictions of all patches of both branches in the order of the image, [B or 2B, N, P]. */
    NDArray decodeAll(NDManager results, NDArray features, NDArray ids) {
        return decoder.decodeAll(results, features, ids);
    }

    @Override
    public Map<String, NDArray> weights() {
        Map<String, NDArray> weights = new LinkedHashMap<>(encoder.weights());
        weights.putAll(decoder.weights());
        if (aee != null) {
            weights.putAll(aee.weights());
        }
        return weights;
    }

    @Override
    public Map<String, NDArray> trained() {
        Map<String, NDArray> trained = new LinkedHashMap<>(encoder.trained());
        trained.putAll(decoder.trained());
        if (aee != null) {
            trained.putAll(aee.trained());
        }
        return trained;
    }

    @Override
    public void close() {
        kernels.close();
    }
}
