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

    /** Makes the model with fresh weights; they belong to the manager. */
    public DualBranch(NDManager manager, RunConfig config, Precision precision) {
        this.config = config;
        this.kernels = new PretrainKernels(manager, config, precision);
        this.encoder = new VitEncoder(manager, config, kernels);
        this.decoder = new MaeDecoder(manager, config, kernels);
        this.aee = config.method().branch() == Branch.AEE ? new AeeLayer(manager, config, kernels) : null;
    }

    @Override
    public Losses forward(NDManager results, Inputs inputs) {
        NDArray features = branches(results, inputs); // [B or 2B, 1 + V, D]: fea_ori, fea_aug
        NDArray predictions = decoder.decode(results, features, inputs.ids()); // [B or 2B, M, P]: pred_ori, pred_aug
        return losses(results, predictions, inputs);
    }

    /** fea_ori, and behind it in the batch fea_aug where there is a second branch: [B or 2B, 1 + V, D]. */
    NDArray branches(NDManager results, Inputs inputs) {
        return switch (config.method().branch()) {
            case NONE -> encoder.encode(results, inputs.images(), inputs.ids());
            case DLE -> encodeDle(results, inputs, dropout(results, inputs));
            case AEE -> layer().branch(results, encoder.encode(results, inputs.images(), inputs.ids()));
        };
    }

    NDArray encodeDle(NDManager results, Inputs inputs, NDArray drop) {
        return encoder.encodeDle(results, inputs.images(), inputs.ids(), drop);
    }

    private NDArray dropout(NDManager results, Inputs inputs) {
        int visible = config.visiblePatches();
        int width = config.model().embedDim();
        float[] masks = EmbeddingDropout.draw(
                config.seed(), inputs.epoch(), config.method().dropout(), visible * width, inputs.samples());
        return results.create(masks, new Shape(2L * inputs.samples().size(), visible, width));
    }

    private AeeLayer layer() {
        if (aee == null) {
            throw new IllegalStateException("there is no extra layer without AEE");
        }
        return aee;
    }

    NDArray decode(NDManager results, NDArray features, NDArray ids) {
        return decoder.decode(results, features, ids);
    }

    Losses losses(NDManager results, NDArray predictions, Inputs inputs) {
        NDList losses = kernels.losses(results, predictions, inputs.images(), inputs.ids());
        return new Losses(losses.get(0), losses.get(1), losses.get(2));
    }

    @Override
    public NDList gradients(NDManager results, NDArray loss) {
        return kernels.gradients(results, loss, new NDList(List.copyOf(trained().values())));
    }

    @Override
    public Passes passes(NDManager results, Inputs inputs) {
        if (!config.train().checkpointActivations()) {
            return PretrainMethod.super.passes(results, inputs);
        }
        boolean dle = config.method().branch() == Branch.DLE;
        return recomputed(results, inputs, dle ? Optional.of(dropout(results, inputs)) : Optional.empty());
    }

    /** Both passes with the inputs of blocks kept alone; drop as for {@link #encodeDle}. */
    Passes recomputed(NDManager results, Inputs inputs, Optional<NDArray> drop) {
        PretrainKernels.Parts parts = new PretrainKernels.Parts(
                encoder.parameters(), Optional.ofNullable(aee).map(AeeLayer::parameters), decoder.parameters());
        NDList all = kernels.stepRecomputed(results, inputs.images(), inputs.ids(), drop, parts);
        Losses losses = new Losses(all.get(0), all.get(1), all.get(2));
        return new Passes(losses, new NDList(all.subList(3, all.size())));
    }

    @Override
    public NDArray reconstruct(NDManager results, Inputs inputs) {
        NDArray features = encoder.encode(results, inputs.images(), inputs.ids());
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
