package asl.interop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The folder that {@code from_pretrained} takes: of {@code ViTModel} (encoder), {@code ViTMAEForPreTraining} (with decoder) or {@code
 * ViTForImageClassification} (with head). */
final class HuggingFaceFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** PIL's number of bicubic. */
    private static final int BICUBIC = 3;

    private final ExportModel model;
    private final boolean decoder;
    private final boolean head;

    /** A third of a weight, or a whole one. */
    private record Slice(String name, int index) {}

    HuggingFaceFolder(ExportModel model, Contents contents) {
        this.model = model;
        this.head = contents == Contents.CLASSIFIER;
        if (head && model.averages()) {
            throw new IllegalArgumentException("their classifiers see the [cls] token, this one the mean token;"
                    + " torchscript, onnx, safetensors and pth take it");
        }
        this.decoder =
                contents == Contents.FULL && model.architecture().parts().contains(ArchitectureGuess.Part.DECODER);
        if (decoder && model.heads().decoder() < 1) {
            throw new IllegalArgumentException("the heads of the decoder are not known; say how many");
        }
    }

    void write(Path folder, Map<String, String> metadata) throws IOException {
        HuggingFaceNames names = new HuggingFaceNames(decoder || head ? "vit." : "");
        List<TensorInfo> tensors = new ArrayList<>();
        Map<String, Slice> slices = new HashMap<>();
        for (TensorInfo ours : model.tensors(decoder ? Contents.FULL : head ? Contents.CLASSIFIER : Contents.ENCODER)) {
            if (ours.name().startsWith("aee_block.") || (ours.name().startsWith("head.") && !head)) {
                continue; // these models have no place for them
            }
            List<TensorInfo> theirs = names.theirs(ours);
            for (int i = 0; i < theirs.size(); i++) {
                slices.put(theirs.get(i).name(), new Slice(ours.name(), i));
            }
            tensors.addAll(theirs);
        }
        Map<String, String> texts = new LinkedHashMap<>(metadata);
        texts.put("format", "pt");
        Files.createDirectory(folder);
        Safetensors.write(folder.resolve("model.safetensors"), texts, tensors, tensor -> slice(tensor, slices));
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("config.json").toFile(), config());
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("preprocessor_config.json").toFile(), preprocessor());
    }

    private ByteBuffer slice(TensorInfo tensor, Map<String, Slice> slices) throws IOException {
        Slice slice = slices.get(tensor.name());
        if (slice == null) {
            throw new IllegalArgumentException(tensor.name());
        }
        int size = Math.toIntExact(tensor.byteSize());
        return model.checkpoint()
                .data(slice.name())
                .slice(slice.index() * size, size)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private ObjectNode config() {
        ArchitectureGuess vit = model.architecture();
        ObjectNode config = JSON.createObjectNode();
        String plain = head ? "ViTForImageClassification" : "ViTModel";
        config.putArray("architectures").add(decoder ? "ViTMAEForPreTraining" : plain);
        config.put("model_type", decoder ? "vit_mae" : "vit");
        config.put("hidden_size", vit.width());
        config.put("num_hidden_layers", vit.depth());
        config.put("num_attention_heads", model.heads().encoder());
        config.put("intermediate_size", 4 * vit.width());
        config.put("hidden_act", "gelu");
        config.put("hidden_dropout_prob", 0.0);
        config.put("attention_probs_dropout_prob", 0.0);
        config.put("initializer_range", 0.02);
        config.put("layer_norm_eps", ExportModel.EPSILON);
        List<Integer> size = model.pixels().size();
        if (size.get(0).equals(size.get(1))) {
            config.put("image_size", size.get(0));
        } else {
            size.forEach(config.putArray("image_size")::add);
        }
        config.put("patch_size", vit.patchSize());
        config.put("num_channels", vit.channels());
        config.put("qkv_bias", true);
        if (decoder) {
            config.put("decoder_hidden_size", vit.decoderWidth());
            config.put("decoder_num_hidden_layers", vit.decoderDepth());
            config.put("decoder_num_attention_heads", model.heads().decoder());
            config.put("decoder_intermediate_size", 4 * vit.decoderWidth());
        }
        if (head) {
            ObjectNode labels = config.putObject("id2label");
            ObjectNode numbers = config.putObject("label2id");
            for (String name : model.classes()) {
                numbers.put(name, labels.size());
                labels.put(Integer.toString(labels.size()), name);
            }
        }
        return config;
    }

    private ObjectNode preprocessor() {
        ObjectNode page = JSON.createObjectNode();
        page.put("image_processor_type", "ViTImageProcessor");
        page.put("do_resize", true);
        page.putObject("size")
                .put("height", model.pixels().size().get(0))
                .put("width", model.pixels().size().get(1));
        page.put("resample", BICUBIC);
        page.put("do_rescale", true);
        page.put("rescale_factor", 1 / 255.0);
        page.put("do_normalize", true);
        model.pixels().mean().forEach(page.putArray("image_mean")::add);
        model.pixels().std().forEach(page.putArray("image_std")::add);
        return page;
    }
}
