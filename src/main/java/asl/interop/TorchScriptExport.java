package asl.interop;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes an encoder or a classifier as a TorchScript archive: code as text, weights inside. {@code torch.jit.load}, libtorch and DJL load
 * it as an ordinary model: normalised images [B, C, H, W] in, features [B, D] or logits [B, classes] out; {@code forward_features} gives all
 * tokens; {@code mean}, {@code std} and {@code image_size} are attributes. Texts are the extra file {@code metadata.json}.
 */
final class TorchScriptExport {
    /** Where {@code torch.jit.load} looks for the extra file metadata.json. */
    static final String METADATA = "extra/metadata.json";

    private static final String CODE = "vit.py";
    private static final String CLASSIFIER = "vit_classifier.py";
    private static final String CLS_TOKEN = "torch.select(x, 1, 0)";
    private static final String MEAN_TOKEN = "torch.mean(torch.slice(x, 1, 1, 9223372036854775807, 1), [1])";
    private static final List<String> LAYERS = List.of("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2");

    private final ExportModel model;
    private final boolean classifier;
    private final PickleWriter pickle = new PickleWriter();
    private final List<TensorInfo> written = new ArrayList<>();

    private TorchScriptExport(ExportModel model, Contents contents) {
        this.model = model;
        this.classifier = contents == Contents.CLASSIFIER;
    }

    static void write(ExportModel model, Contents contents, Path path, Map<String, String> metadata)
            throws IOException {
        model.needed(contents);
        new TorchScriptExport(model, contents).write(path, metadata);
    }

    private void write(Path path, Map<String, String> metadata) throws IOException {
        root();
        try (TorchArchiveWriter archive = new TorchArchiveWriter(path)) {
            archive.add("data.pkl", pickle.finish());
            archive.add("code/__torch__.py", code().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < written.size(); i++) {
                archive.add("data/" + i, model.checkpoint().data(written.get(i).name()));
            }
            archive.add(METADATA, new ObjectMapper().writeValueAsBytes(metadata));
            archive.add("constants.pkl", new PickleWriter().code(')').finish());
            archive.add("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void root() {
        begin(classifier ? "Classifier" : "Vit");
        tensor("cls_token", "cls_token").tensor("pos_embed", "pos_embed");
        pickle.text("patch_embed");
        begin("PatchEmbed").layer("proj", "patch_embed.proj");
        pickle.text("patch_size").number(model.architecture().patchSize());
        end();
        pickle.text("blocks");
        begin("Blocks");
        for (int i = 0; i < model.architecture().depth(); i++) {
            pickle.text(String.valueOf(i));
            block("blocks." + i + ".");
        }
        end();
        String norm = classifier ? model.headNorm() : "norm";
        layer(norm, norm);
        if (classifier) {
            layer("head", "head");
            labels();
        }
        list("mean", "build_doublelist", () -> model.pixels().mean().forEach(pickle::real));
        list("std", "build_doublelist", () -> model.pixels().std().forEach(pickle::real));
        list("image_size", "build_intlist", () -> model.pixels().size().forEach(pickle::number));
        end();
    }

    private void block(String prefix) {
        begin("Block").layer("norm1", prefix + LAYERS.get(0));
        pickle.text("attn");
        begin("Attention").layer("qkv", prefix + LAYERS.get(1)).layer("proj", prefix + LAYERS.get(2));
        pickle.text("num_heads").number(model.heads().encoder());
        end();
        layer("norm2", prefix + LAYERS.get(3));
        pickle.text("mlp");
        begin("Mlp").layer("fc1", prefix + LAYERS.get(4)).layer("fc2", prefix + LAYERS.get(5));
        end();
        end();
    }

    /** Opens an object of a class; its attributes follow, then {@link #end}. */
    private TorchScriptExport begin(String type) {
        pickle.global("__torch__", type).code(')').code(0x81).code('}').mark();
        pickle.text("training").flag(false);
        return this;
    }

    private void end() {
        pickle.code('u').code('b');
    }

    private TorchScriptExport layer(String attribute, String name) {
        pickle.text(attribute);
        begin("Layer").tensor("weight", name + ".weight").tensor("bias", name + ".bias");
        end();
        return this;
    }

    private TorchScriptExport tensor(String attribute, String name) {
        TensorInfo tensor = model.checkpoint().info(name);
        pickle.text(attribute).tensor(tensor, String.valueOf(written.size()));
        written.add(tensor);
        return this;
    }

    private void list(String attribute, String builder, Runnable items) {
        pickle.text(attribute).global("torch.jit._pickle", builder).code(']').mark();
        items.run();
        pickle.code('e').code(0x85).code('R');
    }

    private void labels() {
        pickle.text("classes").global("torch.jit._pickle", "restore_type_tag").mark();
        pickle.code(']').mark();
        model.classes().forEach(pickle::text);
        pickle.code('e').text("List[str]").code('t').code('R');
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = TorchScriptExport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The resources, and behind them the class that has a child for each block. */
    private String code() throws IOException {
        StringBuilder code = new StringBuilder(resource(CODE));
        if (classifier) {
            code.append(resource(CLASSIFIER)
                    .replace("NORM :", model.headNorm() + " :")
                    .replace("self.NORM", "self." + model.headNorm())
                    .replace("(POOLED)", "(" + (model.averages() ? MEAN_TOKEN : CLS_TOKEN) + ")"));
        }
        code.append("\nclass Blocks(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
        for (int i = 0; i < model.architecture().depth(); i++) {
            code.append("  __annotations__[\"").append(i).append("\"] = __torch__.Block\n");
        }
        code.append("\n  def forward(self: __torch__.Blocks, x: Tensor) -> Tensor:\n");
        for (int i = 0; i < model.architecture().depth(); i++) {
            code.append("    x = (getattr(self, \"").append(i).append("\")).forward(x)\n");
        }
        return code.append("    return x\n").toString();
    }
}
