"""Makes the checkpoints beside this file, with PyTorch 1.13: python3 fixtures.py FOLDER, beside that of tiny_mae.pth."""
import argparse
import collections
import os
import sys

import numpy
import torch

folder = sys.argv[1]
cube = torch.arange(24.0).reshape(2, 3, 4)
base = torch.arange(10.0)
tensors = {
    "f64": torch.tensor([1.5, -2]).double(),
    "f32": cube,
    "f16": torch.tensor([1.5, -2, 6e-8, 65504, float("inf")]).half(),
    "bf16": torch.tensor([1.5, -3e38]).bfloat16(),
    "i64": torch.tensor([1 << 40, -1]),
    "i32": torch.tensor([-5], dtype=torch.int32),
    "i16": torch.tensor([-7], dtype=torch.int16),
    "i8": torch.tensor([-8], dtype=torch.int8),
    "u8": torch.tensor([200], dtype=torch.uint8),
    "bool": torch.tensor([True, False]),
    "transposed": cube.permute(2, 0, 1),
    "shared_a": base[2:5],
    "shared_b": base[::3],
    "expanded": torch.tensor([7.0]).expand(3),
    "scalar": torch.tensor(3.0),
    "empty": torch.zeros(0, 4),
    "parameter": torch.nn.Parameter(torch.tensor([9.0])),
}
checkpoint = {
    "state_dict": collections.OrderedDict(("module." + name, tensor) for name, tensor in tensors.items()),
    "epoch": 7,
    "args": argparse.Namespace(lr=1e-3, name="mae", flag=True, betas=(0.9, 0.95), none=None),
    "optimizer": {"state": {0: {"step": 1}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    "best": numpy.float64(0.5),
}
torch.save(checkpoint, folder + "/kinds.pth")
torch.save(checkpoint, folder + "/kinds_legacy.pth", _use_new_zipfile_serialization=False)
torch.save(checkpoint, folder + "/kinds_protocol4.pth", pickle_protocol=4)


class Evil:
    def __reduce__(self):
        return os.system, ("echo gotcha",)


torch.save({"model": {"w": cube}, "x": Evil()}, folder + "/evil.pth")
torch.save({"model": {"w": cube}, "x": Evil()}, folder + "/evil_legacy.pth", _use_new_zipfile_serialization=False)

module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
with torch.no_grad():
    for i, parameter in enumerate(module.parameters()):
        parameter.fill_(i)
torch.jit.script(module).save(folder + "/script.pt")

# The reference weights as other projects name and lay them out.
ours = torch.load(folder + "/../golden/tiny_mae.pth")["model"]
layers = [("norm1", "layernorm_before"), ("norm2", "layernorm_after"), ("attn.proj", "attention.output.dense")]
layers += [("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense"), ("decoder_blocks.", "decoder.decoder_layers.")]
layers += [("blocks.", "vit.encoder.layer."), ("patch_embed.proj", "vit.embeddings.patch_embeddings.projection")]
hugging_face = {}
for name, tensor in ours.items():
    for mine, theirs in layers:
        name = name if theirs in name else name.replace(mine, theirs)
    if name in ("cls_token", "pos_embed"):
        name = "vit.embeddings." + {"cls_token": "cls_token", "pos_embed": "position_embeddings"}[name]
    elif name.startswith("norm."):
        name = "vit.layer" + name
    elif name.startswith("decoder_") or name == "mask_token":
        name = "decoder." + name
    if "attn.qkv" in name:
        for part, piece in zip(("query", "key", "value"), tensor.chunk(3)):
            hugging_face[name.replace("attn.qkv", "attention.attention." + part)] = piece
    else:
        hugging_face[name] = tensor
torch.save(hugging_face, folder + "/tiny_hugging_face.bin")

heads = 2
width = ours["norm.weight"].numel()
jax = {
    "cls": ours["cls_token"],
    "embedding/kernel": ours["patch_embed.proj.weight"].permute(2, 3, 1, 0),
    "embedding/bias": ours["patch_embed.proj.bias"],
    "Transformer/posembed_input/pos_embedding": ours["pos_embed"],
    "Transformer/encoder_norm/scale": ours["norm.weight"],
    "Transformer/encoder_norm/bias": ours["norm.bias"],
}
for i in range(2):
    mine, theirs = "blocks.%d." % i, "Transformer/encoderblock_%d/" % i
    for norm, layer in (("norm1", "LayerNorm_0/"), ("norm2", "LayerNorm_2/")):
        jax[theirs + layer + "scale"] = ours[mine + norm + ".weight"]
        jax[theirs + layer + "bias"] = ours[mine + norm + ".bias"]
    for linear, layer in (("mlp.fc1", "MlpBlock_3/Dense_0/"), ("mlp.fc2", "MlpBlock_3/Dense_1/")):
        jax[theirs + layer + "kernel"] = ours[mine + linear + ".weight"].T
        jax[theirs + layer + "bias"] = ours[mine + linear + ".bias"]
    attention = theirs + "MultiHeadDotProductAttention_1/"
    pieces = zip(("query", "key", "value"), ours[mine + "attn.qkv.weight"].chunk(3), ours[mine + "attn.qkv.bias"].chunk(3))
    for part, weight, bias in pieces:
        jax[attention + part + "/kernel"] = weight.T.reshape(width, heads, width // heads)
        jax[attention + part + "/bias"] = bias.reshape(heads, width // heads)
    jax[attention + "out/kernel"] = ours[mine + "attn.proj.weight"].T.reshape(heads, width // heads, width)
    jax[attention + "out/bias"] = ours[mine + "attn.proj.bias"]
numpy.savez(folder + "/tiny_jax.npz", **{name: tensor.numpy() for name, tensor in jax.items()})
numpy.savez_compressed(folder + "/compressed.npz", a=numpy.arange(6.0).reshape(2, 3).T, b=numpy.int64(5))
